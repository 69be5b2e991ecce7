using System.Text.Json.Nodes;

namespace Podwall.Tests.Lab.Patching;

/// <summary>Small documents and patches from a seed, over few names, so that they often meet and sometimes do not fit.</summary>
internal sealed class RandomPatch(int seed)
{
    private static readonly string[] Names = ["a", "b", "c", "d/e"];
    private readonly Random random = new(seed);

    public JsonNode? Value(int depth = 3) => random.Next(depth > 0 ? 9 : 5) switch
    {
        0 => random.Next(3),
        1 => Pick(Names),
        2 => Chance(2),
        3 => null,
        4 => new JsonArray(),
        5 => Array(random.Next(4), () => Value(depth - 1)),
        _ => Object(depth),
    };

    public JsonObject Object(int depth = 3)
    {
        var fields = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
            fields[Pick(Names)] = Value(depth - 1);
        return fields;
    }

    /// <summary>Operations below <c>/spec</c>, most of whose paths lead somewhere in <paramref name="spec"/>.</summary>
    public JsonArray Operations(JsonObject spec) => Array(1 + random.Next(3), () => Operation(spec));

    private JsonObject Operation(JsonObject spec)
    {
        var path = Path(spec, out var found);
        return Pick("add", "remove", "replace", "move", "copy", "test") switch
        {
            "remove" => new JsonObject { ["op"] = "remove", ["path"] = path },
            "test" => new JsonObject { ["op"] = "test", ["path"] = path, ["value"] = Chance(3) ? Value(1) : found?.DeepClone() },
            var op and ("add" or "replace") => new JsonObject { ["op"] = op, ["path"] = path, ["value"] = Value(2) },
            var op => new JsonObject { ["op"] = op, ["from"] = path, ["path"] = Path(spec, out _) },
        };
    }

    private string Path(JsonNode? node, out JsonNode? found)
    {
        var path = "/spec";
        do
        {
            var segment = node is JsonArray items ? Chance(4) ? "-" : $"{random.Next(items.Count + 1)}" : Pick(Names);
            node = node switch
            {
                JsonArray list when int.TryParse(segment, out var i) && i < list.Count => list[i],
                JsonObject fields => fields[segment],
                _ => null,
            };
            path += "/" + segment.Replace("/", "~1");
        }
        while (node is JsonObject or JsonArray ? !Chance(3) : Chance(20));
        found = node;
        return path;
    }

    public JsonObject Pod() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "p", ["finalizers"] = Distinct(() => $"x/{Pick("a", "b", "c")}"), ["labels"] = new JsonObject { ["a"] = "b" } },
        ["spec"] = new JsonObject
        {
            ["containers"] = Keyed("name", ["a", "b", "c"], Container),
            ["volumes"] = Keyed("name", ["a", "b", "c"], _ => new JsonObject { ["hostPath"] = new JsonObject { ["path"] = "/x" } }),
            ["tolerations"] = new JsonArray(new JsonObject { ["key"] = "a" }),
            ["nodeName"] = "n",
        },
    };

    private JsonObject Container(string name) => new()
    {
        ["image"] = name,
        ["env"] = Keyed("name", ["a", "b", "c"], n => new JsonObject { ["value"] = n }),
        ["ports"] = Array(random.Next(3), () => new JsonObject { ["containerPort"] = 1 + random.Next(2) }),
    };

    public JsonObject StrategicPatch()
    {
        var patch = new JsonObject();
        var metadata = new JsonObject();
        if (Chance(2))
            metadata["finalizers"] = Distinct(() => $"x/{Pick("a", "b", "d")}");
        else if (Chance(2))
            metadata["$deleteFromPrimitiveList/finalizers"] = Distinct(() => $"x/{Pick("a", "b", "d")}");
        if (Chance(3))
            metadata["$setElementOrder/finalizers"] = Distinct(() => $"x/{Pick("a", "b", "d")}");
        if (Chance(3))
            metadata["labels"] = Chance(3) ? null : new JsonObject { [Pick("a", "b", "$patch")] = Chance(2) ? null : Pick("replace", "delete", "x") };
        patch["metadata"] = metadata;
        patch["spec"] = Spec();
        return patch;
    }

    private JsonObject Spec()
    {
        var spec = new JsonObject();
        PatchList(spec, "containers", "name", ["a", "b", "d"], ContainerPatch);
        if (Chance(2))
            PatchList(spec, "volumes", "name", ["a", "b", "d"], VolumePatch);
        if (Chance(3))
            spec["tolerations"] = new JsonArray(new JsonObject { ["key"] = "b" });
        if (Chance(4))
            spec["nodeName"] = Chance(2) ? null : "m";
        if (Chance(5))
            spec["affinity"] = new JsonObject { ["podAffinity"] = null, ["nodeAffinity"] = new JsonObject { [Pick("x", "$patch")] = Pick("replace", "delete") } };
        if (Chance(15))
            spec["$patch"] = Pick("replace", "delete", "merge");
        return spec;
    }

    private JsonObject ContainerPatch()
    {
        var container = new JsonObject { ["image"] = Chance(3) ? null : "new" };
        if (Chance(2))
            PatchList(container, "env", "name", ["a", "b", "d"], () => new JsonObject { ["value"] = Chance(3) ? null : "v" });
        if (Chance(3))
            container["ports"] = Array(random.Next(3), () => new JsonObject { ["containerPort"] = 1 + random.Next(3), ["name"] = Pick("x", "y") });
        return container;
    }

    private JsonObject VolumePatch() => Chance(2)
        ? new JsonObject { ["$retainKeys"] = Chance(5) ? new JsonArray("name") : new JsonArray("name", "emptyDir"), ["emptyDir"] = new JsonObject() }
        : new JsonObject { ["hostPath"] = new JsonObject { ["path"] = "/y" } };

    private void PatchList(JsonObject fields, string name, string key, string[] values, Func<JsonObject> item)
    {
        var list = Keyed(key, values, _ => Chance(5) ? new JsonObject { ["$patch"] = Chance(10) ? "merge" : "delete" } : item());
        if (Chance(12))
            list.Insert(0, new JsonObject { ["$patch"] = "replace" });
        if (Chance(20))
            list.Add(Chance(2) ? new JsonObject { ["q"] = 1 } : "text");
        if (Chance(20))
            fields[name] = null;
        else if (!Chance(6))
            fields[name] = list;
        if (Chance(3))
            fields["$setElementOrder/" + name] = Chance(2)
                ? Keyed(key, values, _ => new JsonObject())
                : new JsonArray([.. list.OfType<JsonObject>().Where(i => i.ContainsKey(key)).Select(i => new JsonObject { [key] = i[key]!.DeepClone() }), new JsonObject { [key] = "c" }]);
    }

    private JsonArray Keyed(string key, string[] values, Func<string, JsonObject> rest)
    {
        var shuffled = values.ToArray();
        random.Shuffle(shuffled);
        return new JsonArray([.. shuffled.Take(1 + random.Next(values.Length)).Select(v =>
        {
            var item = rest(v);
            item[key] = v;
            return item;
        })]);
    }

    private JsonArray Distinct(Func<string> value) => new([.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => value()).Distinct().Select(v => JsonValue.Create(v))]);

    private static JsonArray Array(int count, Func<JsonNode?> item) => new([.. Enumerable.Range(0, count).Select(_ => item())]);

    private bool Chance(int of) => random.Next(of) == 0;

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}

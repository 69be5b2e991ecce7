using System.Text;
using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>RFC 6902, but that a field which an object lacks may be replaced, copied and tested as null, as the API server has it.</summary>
internal static class JsonPatch
{
    private const int MostOperations = 10_000;

    // A hundred copies of an object into itself would be 2^100 of it.
    private const long MostCopiedBytes = 3 * 1024 * 1024;

    /// <summary>Changes the target; where the patch replaces the whole document, the result is another node.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray list)
            throw PatchException.Malformed("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        if (list.Count > MostOperations)
            throw PatchException.TooLarge($"The allowed maximum operations in a JSON patch is {MostOperations}, got {list.Count}");
        var operations = list.Select(Operation.Parse).ToList();
        var document = new Document(target);
        foreach (var operation in operations)
            document.Apply(operation);
        return document.Root;
    }

    private sealed record Operation(string Name, JsonPointer Path, JsonPointer From, JsonNode? Value)
    {
        private static readonly JsonPointer Nowhere = new([]);

        public static Operation Parse(JsonNode? node)
        {
            if (node is not JsonObject fields)
                throw PatchException.Malformed("an operation of a JSON patch is an object");
            var name = Text(fields, "op");
            if (name is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
                throw PatchException.Malformed($"'{name}' is no operation of a JSON patch");
            if (name is "add" or "replace" or "test" && !fields.ContainsKey("value"))
                throw PatchException.Malformed($"a JSON patch's '{name}' needs a value");
            return new(name, JsonPointer.Parse(Text(fields, "path")), name is "move" or "copy" ? JsonPointer.Parse(Text(fields, "from")) : Nowhere, fields["value"]);
        }

        private static string Text(JsonObject fields, string name) => fields[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw PatchException.Malformed($"an operation of a JSON patch needs '{name}', a string");
    }

    private sealed class Document(JsonNode? root)
    {
        private long copied;

        public JsonNode? Root { get; private set; } = root;

        public void Apply(Operation operation)
        {
            switch (operation.Name)
            {
                case "add":
                    Add(operation.Path, operation.Value?.DeepClone());
                    break;
                case "remove":
                    Remove(operation.Path);
                    break;
                case "replace":
                    Replace(operation.Path, operation.Value?.DeepClone());
                    break;
                case "move":
                    Move(operation.From, operation.Path);
                    break;
                case "copy":
                    Copy(operation.From, operation.Path);
                    break;
                default:
                    Test(operation.Path, operation.Value);
                    break;
            }
        }

        private void Add(JsonPointer path, JsonNode? value)
        {
            CheckDepth(path, value);
            if (path.IsRoot)
                Root = value;
            else
                switch (Find(path.Parent))
                {
                    case JsonObject fields:
                        fields[path.Last] = value;
                        break;
                    case JsonArray items when JsonPointer.PlaceIn(items, path.Last) is { } index:
                        items.Insert(index, value);
                        break;
                    default:
                        throw PatchException.Rejected();
                }
        }

        private void Replace(JsonPointer path, JsonNode? value)
        {
            CheckDepth(path, value);
            if (path.IsRoot)
                Root = value;
            else
                switch (Find(path.Parent))
                {
                    case JsonObject fields:
                        fields[path.Last] = value;
                        break;
                    case JsonArray items when JsonPointer.IndexIn(items, path.Last) is { } index:
                        items[index] = value;
                        break;
                    default:
                        throw PatchException.Rejected();
                }
        }

        private void Remove(JsonPointer path)
        {
            // What is left of an object that is gone is no object.
            if (path.IsRoot)
                throw PatchException.Rejected();
            switch (Find(path.Parent))
            {
                case JsonObject fields when fields.Remove(path.Last):
                    break;
                case JsonArray items when JsonPointer.IndexIn(items, path.Last) is { } index:
                    items.RemoveAt(index);
                    break;
                default:
                    throw PatchException.Rejected();
            }
        }

        private void Move(JsonPointer from, JsonPointer path)
        {
            var moved = Find(from);
            if (from.IsProperPrefixOf(path))
                throw PatchException.Rejected();
            if (from.Segments.AsSpan().SequenceEqual(path.Segments))
                return;
            Remove(from);
            Add(path, moved);
        }

        private void Copy(JsonPointer from, JsonPointer path)
        {
            var value = FindOrNull(from);
            copied += value is null ? 0 : Encoding.UTF8.GetByteCount(value.ToJsonString());
            if (copied > MostCopiedBytes)
                throw PatchException.Rejected();
            Add(path, value?.DeepClone());
        }

        private void Test(JsonPointer path, JsonNode? expected)
        {
            if (!JsonNode.DeepEquals(FindOrNull(path), expected))
                throw PatchException.Rejected();
        }

        // For "replace", "copy" and "test" the API server takes a missing field of an object for null; the RFC would have it fail.
        private JsonNode? FindOrNull(JsonPointer path) =>
            path.TryFind(Root, out var found) ? found
            : path.Parent.TryFind(Root, out var parent) && parent is JsonObject ? null
            : throw PatchException.Rejected();

        private JsonNode? Find(JsonPointer path) => path.TryFind(Root, out var found) ? found : throw PatchException.Rejected();

        private static void CheckDepth(JsonPointer path, JsonNode? value)
        {
            if (IsDeeper(value, Patch.DeepestNesting - path.Segments.Length))
                throw PatchException.Unfit($"the patched object is nested deeper than {Patch.DeepestNesting} levels");
        }

        private static bool IsDeeper(JsonNode? node, int levels) => node switch
        {
            JsonObject fields => levels <= 0 || fields.Any(f => IsDeeper(f.Value, levels - 1)),
            JsonArray items => levels <= 0 || items.Any(i => IsDeeper(i, levels - 1)),
            _ => false,
        };
    }
}

using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>From a finding's place to file and line.</summary>
internal static class LintPlaces
{
    /// <summary>Null where the object was not read from a file.</summary>
    public static SourcePosition? PositionOf(this SourceMap sources, LintPlace place)
    {
        var position = place.Kind switch
        {
            LintPlace.ClusterKind => null,
            PolicyObject.Kind when place.Field.Length > 0 => sources.Of(new Policy.PolicyId(place.Namespace!, place.Name), place.Field),
            PolicyObject.Kind => sources.Of(new Policy.PolicyId(place.Namespace!, place.Name)),
            "Pod" => sources.Of(new Policy.PodId(place.Namespace!, place.Name)),
            _ => sources.Of(new ObjectId(place.Kind, place.Namespace, place.Name)) ?? (place.Namespace is null ? null : sources.Of(new Policy.WorkloadId(place.Namespace, place.Kind, place.Name))),
        };
        return position is { File.Length: > 0 } ? position : null;
    }

    /// <summary>The lines on which the field, or something around it, begins.</summary>
    public static IEnumerable<int> LinesOf(TreeNode root, string field)
    {
        yield return root.Position.Line;
        var node = root;
        foreach (var step in FieldPath.Parse(field).Steps())
        {
            (int Line, TreeNode? Value) next = step switch
            {
                (string name, _) when node is MappingNode mapping && mapping.Entries.LastOrDefault(e => e.Key == name) is { Key: not null } entry => (entry.KeyPosition.Line, entry.Value),
                (null, var index) when node is SequenceNode sequence && index < sequence.Items.Count => (sequence.Items[index].Position.Line, sequence.Items[index]),
                _ => default,
            };
            if (next.Value is null)
                yield break;
            yield return next.Line;
            yield return next.Value.Position.Line;
            node = next.Value;
        }
    }
}

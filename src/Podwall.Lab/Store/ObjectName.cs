namespace Podwall.Lab.Store;

/// <summary>The name of an object within its kind; the namespace is empty for a kind that has none. Ordered as the API lists them.</summary>
public readonly record struct ObjectName(string Namespace, string Name) : IComparable<ObjectName>
{
    public int CompareTo(ObjectName other) =>
        string.CompareOrdinal(Namespace, other.Namespace) is not 0 and var order ? order : string.CompareOrdinal(Name, other.Name);
}

namespace Podwall.Kubernetes.Following;

/// <summary>The name of an object within its kind; the namespace is empty for kinds that have none.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name);

/// <summary>An object of the API, cut down to what is used of it.</summary>
internal readonly record struct Decoded<T>(ObjectKey Key, string ResourceVersion, T Value)
{
    public Decoded<TOther> With<TOther>(TOther value) => new(Key, ResourceVersion, value);
}

/// <summary>Reads one object's JSON as the server sends it. Not for several threads at once.</summary>
/// <exception cref="System.Text.Json.JsonException">The JSON is not of this kind.</exception>
internal delegate Decoded<T> Decode<T>(ReadOnlySpan<byte> json);

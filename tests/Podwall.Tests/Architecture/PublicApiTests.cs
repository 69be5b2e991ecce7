using System.Reflection;

namespace Podwall.Tests.Architecture;

/// <summary>The public surface of the engine as one file, so that a change to it is a line in review.</summary>
public sealed class PublicApiTests
{
    private static readonly string File_ = Checkout.At("tests", "Podwall.Tests", "Architecture", "Podwall.Policy.api.txt");

    [Fact]
    public void The_public_surface_of_the_engine_is_the_recorded_one()
    {
        var surface = string.Join('\n', typeof(Podwall.Policy.Snapshot).Assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Describe)) + "\n";
        if (Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1")
            File.WriteAllText(File_, surface);
        Assert.Equal(File.ReadAllText(File_), surface);
    }

    private static IEnumerable<string> Describe(Type type)
    {
        yield return type.FullName!;
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(Declared).Where(m => !IsGenerated(m)).Select(m => $"  {m}").Order(StringComparer.Ordinal))
            yield return member;
    }

    // What the compiler adds to a record, and accessors, say nothing that the property does not.
    private static bool IsGenerated(MemberInfo member) => member is Type
        || (member is MethodBase { IsSpecialName: true } and not ConstructorInfo)
        || member.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "GetType" || member.Name.Contains('<');
}

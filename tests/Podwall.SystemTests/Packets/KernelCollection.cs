namespace Podwall.SystemTests.Packets;

/// <summary>Tests that share the one table that the kernel has: one after another.</summary>
[CollectionDefinition(Name)]
public sealed class KernelCollection : ICollectionFixture<Node>
{
    public const string Name = "kernel";
}

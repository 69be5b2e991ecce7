namespace Podwall.Policy;

/// <summary>The far end of a rule. Each YAML shape has its own case, so "absent" never means "empty".</summary>
public abstract record Peer
{
    private Peer()
    {
    }

    /// <summary>What it asks of namespaces and of pods; none for addresses.</summary>
    public virtual ValueList<Selector> Selectors => [];

    /// <summary><c>podSelector</c> alone: pods of the policy's own namespace.</summary>
    public sealed record PodsHere(Selector Pods) : Peer
    {
        public override ValueList<Selector> Selectors => [Pods];

        public override string ToString() => $"podSelector: {Pods}";
    }

    /// <summary>
    /// <c>namespaceSelector</c>, with <c>podSelector</c> or without (then <paramref name="Pods"/> selects everything):
    /// pods that match, in namespaces that match.
    /// </summary>
    public sealed record PodsIn(Selector Namespaces, Selector Pods) : Peer
    {
        public override ValueList<Selector> Selectors => [Namespaces, Pods];

        public override string ToString() => Pods == Selector.Everything
            ? $"namespaceSelector: {Namespaces}"
            : $"namespaceSelector: {Namespaces} and podSelector: {Pods}";
    }

    /// <summary>What stands for a rule that could not be read: it matches nothing, so that the rule stays closed.</summary>
    public sealed record Unreadable : Peer
    {
        public override string ToString() => "a rule that could not be read";
    }

    /// <summary><c>ipBlock</c>: addresses inside the block and in none of its own exceptions.</summary>
    public sealed record Network(Cidr Block, ValueList<Cidr> Except) : Peer
    {
        private AddressSet? addresses;

        public AddressSet Addresses => addresses ??= AddressSet.Of(Block).Except(AddressSet.Of(Except.Select(e => e.Range)));

        /// <summary>Whether it holds every address of its family, so that even an unknown address lies inside.</summary>
        public bool IsWholeFamily => Block.IsWholeFamily && Except.Count == 0;

        public bool Equals(Network? other) => other is not null && Block == other.Block && Except == other.Except;

        public override int GetHashCode() => HashCode.Combine(Block, Except);

        public override string ToString() => Except.Count == 0 ? $"ipBlock: {Block}" : $"ipBlock: {Block} except {string.Join(", ", Except)}";
    }
}

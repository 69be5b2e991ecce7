namespace Podwall.Policy;

/// <summary>One entry of a rule's <c>ports</c>; the port is always the destination pod's own.</summary>
public abstract record PortMatch(Protocol Protocol)
{
    /// <summary>No <c>port</c>: every port of the protocol.</summary>
    public sealed record AllPorts(Protocol Protocol) : PortMatch(Protocol)
    {
        public override string ToString() => $"{Protocol.Name()} all ports";
    }

    /// <summary>A number, or the closed range up to <c>endPort</c> (KEP-2079).</summary>
    public sealed record Numbered(Protocol Protocol, PortRange Ports) : PortMatch(Protocol)
    {
        public override string ToString() => $"{Protocol.Name()} {Ports}";
    }

    /// <summary>A name: the number that the destination pod gives to a container port of that name and protocol.</summary>
    public sealed record Named(Protocol Protocol, string Name) : PortMatch(Protocol)
    {
        /// <summary>Whether a port of a pod is one that this names.</summary>
        internal bool Means(ContainerPort port) => port.Protocol == Protocol && port.Name == Name;

        /// <summary>The numbers that a pod with these ports gives to the name.</summary>
        internal PortSet In(ValueList<ContainerPort> ports)
        {
            var numbers = PortSet.Empty;
            foreach (var port in ports)
                if (Means(port))
                    numbers = numbers.Union(PortSet.Of(port.Number));
            return numbers;
        }

        public override string ToString() => $"{Protocol.Name()} \"{Name}\"";
    }
}

namespace Podwall.Policy.Explaining;

/// <summary>
/// Why a peer or a port entry of a rule did not match. The text is a sentence about the objects to look at, without a
/// capital or a full stop, so that it fits after a dash.
/// </summary>
public abstract record Miss
{
    private Miss()
    {
    }

    /// <summary>The rule could not be read, and a lenient reading keeps it closed.</summary>
    public sealed record CouldNotBeRead : Miss
    {
        public override string ToString() => "the rule could not be read, so it lets nothing through";
    }

    /// <summary>A selector looks for pods; this end is none that it could select.</summary>
    public sealed record NotAPod(string End, string WhatItIs) : Miss
    {
        public override string ToString() => $"{End} is {WhatItIs}; no selector selects it";
    }

    /// <summary>A lone <c>podSelector</c> looks in the policy's own namespace.</summary>
    public sealed record OtherNamespace(string PeerNamespace, string PolicyNamespace) : Miss
    {
        public override string ToString() => $"the peer is in namespace {PeerNamespace}; this selector looks in {PolicyNamespace} only";
    }

    /// <summary>A term of <c>namespaceSelector</c> does not hold.</summary>
    public sealed record NamespaceLabel(string Namespace, Requirement Term, string? Value, bool IsDeclared) : Miss
    {
        public override string ToString() =>
            $"namespace {Namespace} {Has(Term.Key, Value)}; the namespaceSelector wants {Term}{(IsDeclared ? "" : " (no object declares this namespace, so it is taken to have no labels but its name)")}";
    }

    /// <summary>A term of <c>podSelector</c> does not hold.</summary>
    public sealed record PodLabel(PodId Pod, Requirement Term, string? Value) : Miss
    {
        public override string ToString() => $"pod {Pod} {Has(Term.Key, Value)}; the podSelector wants {Term}";
    }

    public sealed record OutsideBlock(Cidr Block, Address Address) : Miss
    {
        public override string ToString() => Block.Family == Address.Family
            ? $"{Address} lies outside {Block}"
            : $"{Address} is {Address.Family}; {Block} says nothing about it";
    }

    public sealed record InException(Cidr Exception, Address Address) : Miss
    {
        public override string ToString() => $"{Address} lies in the exception {Exception}";
    }

    /// <summary>Without an address, only a block of a whole family without exceptions matches.</summary>
    public sealed record UnknownAddress(string End) : Miss
    {
        public override string ToString() => $"the address of {End} is unknown; only a block that holds every address would match it";
    }

    public sealed record OtherProtocol(Protocol Wanted, Protocol Offered) : Miss
    {
        public override string ToString() => Offered == Protocol.Icmp
            ? "ICMP has no ports; only a rule without ports lets it through"
            : $"the flow is {Offered.Name()}; this entry is for {Wanted.Name()}";
    }

    public sealed record OtherPort(PortRange Wanted, int Offered) : Miss
    {
        public override string ToString() => Wanted.First == Wanted.Last
            ? $"the flow goes to port {Offered}, not {Wanted}"
            : $"port {Offered} lies outside {Wanted}";
    }

    /// <summary>The destination gives the name to no port of this protocol.</summary>
    public sealed record NameNotDeclared(string Name, Protocol Protocol, string Destination, ValueList<ContainerPort> Declared) : Miss
    {
        public override string ToString() => Declared.FirstOrDefault(p => p.Name == Name) is { Name: not null } other
            ? $"{Destination} names a port \"{Name}\", but under {other.Protocol.Name()}, not {Protocol.Name()}"
            : $"{Destination} names no {Protocol.Name()} port \"{Name}\"{Others}";

        private string Others => Declared.Any(p => p.Name is not null)
            ? $" (it names {string.Join(", ", Declared.Where(p => p.Name is not null).Select(p => $"\"{p.Name}\"").Distinct())})"
            : "";
    }

    public sealed record NameIsOtherPort(string Name, string Destination, PortSet Numbers, int Offered) : Miss
    {
        public override string ToString() => $"on {Destination}, \"{Name}\" is port {Numbers}; the flow goes to {Offered}";
    }

    /// <summary>An address has no container ports to look a name up in.</summary>
    public sealed record NameWithoutPod(string Name, string Destination) : Miss
    {
        public override string ToString() => $"{Destination} is no pod, so nothing gives \"{Name}\" a number";
    }

    /// <summary>The name would match, but only an <c>ipBlock</c> picked this destination, and names do not resolve there.</summary>
    public sealed record NameBesideBlock(string Name) : Miss
    {
        public override string ToString() => $"on egress, the name \"{Name}\" matches nothing behind an ipBlock; give the port by number";
    }

    private static string Has(string key, string? value) => value switch
    {
        null => $"has no label {key}",
        "" => $"has {key} with an empty value",
        _ => $"has {key}: {value}",
    };
}

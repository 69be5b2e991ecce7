namespace Podwall.Kubernetes;

internal static class PortRules
{
    private static readonly string[] Protocols = ["TCP", "UDP", "SCTP"];

    public static IEnumerable<FieldError> Check(PolicyPort port, FieldPath path)
    {
        if (Protocol(port.Protocol, path.Child("protocol")) is { } unsupported)
            yield return unsupported;
        switch (port.Port)
        {
            case null when port.EndPort is { } last:
                yield return FieldError.Invalid(path.Child("endPort"), last, "may not be specified when `port` is not specified")
                    .WithFix("Give the first port of the range in 'port'.");
                break;
            case { Name: { } name }:
                foreach (var error in Named(name, port.EndPort, path))
                    yield return error;
                break;
            case { Number: var number }:
                foreach (var error in Numbered(number, port.EndPort, path))
                    yield return error;
                break;
        }
    }

    public static FieldError? Protocol(string? protocol, FieldPath path) => protocol is null || Protocols.Contains(protocol)
        ? null
        : FieldError.NotSupported(path, protocol, Protocols) with
        {
            Fix = protocol.StartsWith("ICMP", StringComparison.OrdinalIgnoreCase)
                ? "ICMP cannot be named: only a rule without 'ports' allows it."
                : PolicyRules.Spelling(protocol, Protocols),
        };

    private static IEnumerable<FieldError> Numbered(int number, int? last, FieldPath path)
    {
        foreach (var complaint in NameRules.PortNumber(number))
            yield return FieldError.Invalid(path.Child("port"), number, complaint).WithFix("For every port, leave 'port' out.");
        if (last is null)
            yield break;
        // The server prints 'port' as the invalid value here, and so do we.
        if (last < number)
            yield return FieldError.Invalid(path.Child("endPort"), number, "must be greater than or equal to `port`")
                .WithFix(last >= 1 ? $"Swap them: port: {last}, endPort: {number}." : "Give the last port of the range.");
        foreach (var complaint in NameRules.PortNumber(last.Value))
            yield return FieldError.Invalid(path.Child("endPort"), last.Value, complaint).WithFix("The highest port is 65535.");
    }

    private static IEnumerable<FieldError> Named(string name, int? last, FieldPath path)
    {
        if (last is not null)
            yield return FieldError.Invalid(path.Child("endPort"), last.Value, "may not be specified when `port` is non-numeric")
                .WithFix("Give the first port as a number, or take 'endPort' away.");
        foreach (var complaint in NameRules.PortName(name))
            yield return FieldError.Invalid(path.Child("port"), name, complaint).WithFix(NameFix(name));
    }

    private static string NameFix(string name) =>
        int.TryParse(name, out var number) ? $"Write the number without quotes: {number}."
        : name.Contains('-') && name.Split('-') is [var first, var last] && int.TryParse(first, out var low) && int.TryParse(last, out var high)
            ? $"For a range write port: {low} and endPort: {high}."
        : "Use the name of a container port: at most 15 of a-z, 0-9 and '-'.";
}

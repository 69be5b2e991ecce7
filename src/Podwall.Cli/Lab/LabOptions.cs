using System.CommandLine;
using System.CommandLine.Parsing;
using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Lab;

/// <summary>The options that say what kind of lab is wanted.</summary>
internal sealed class LabOptions
{
    private const int MostNodes = 16;

    private readonly Option<int> nodes = new("--nodes") { Description = $"How many nodes, from 1 to {MostNodes}", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };

    private readonly Option<bool> ipv6 = new("--ipv6") { Description = "Give pods IPv6 addresses instead of IPv4 ones" };

    private readonly Option<bool> dualStack = new("--dual-stack") { Description = "Give pods an address of each family, and probe both" };

    /// <summary>Only for commands that can do without packets.</summary>
    public Option<bool> Simulate { get; } = new("--simulate") { Description = "Send no packets: interpret the nodes' rulesets instead" };

    private readonly Option<string[]> files = new("--filename", "-f") { Description = "Manifests of the cluster; may be given again", HelpName = "PATH", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { nodes, ipv6, dualStack, files })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(ipv6) && result.GetValue(dualStack))
                result.AddError("--ipv6 is IPv6 alone, --dual-stack both families; give one of them.");
        });
        nodes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostNodes)
                result.AddError($"--nodes must be from 1 to {MostNodes}.");
        });
    }

    public LabSize Size(ParseResult parsed) => new(parsed.GetValue(nodes), parsed.GetValue(ipv6) ? IpFamilies.V6 : parsed.GetValue(dualStack) ? IpFamilies.Both : IpFamilies.V4);

    /// <summary>Whether anything is said of the kind of lab.</summary>
    public bool IsAny(CommandResult result) => new Option[] { nodes, ipv6, dualStack, Simulate }.Any(o => result.GetResult(o) is { Implicit: false });

    public bool HasFiles(CommandResult result) => result.GetResult(files) is not null;

    public LabSource Source(ParseResult parsed, Terminal terminal) => parsed.GetValue(Simulate) ? LabSource.Simulated("--simulate was given") : terminal.Labs();

    public IReadOnlyList<string> Files(ParseResult parsed) => parsed.GetValue(files) ?? [];

    public IReadOnlyList<ManifestSource> Manifests(ParseResult parsed, Terminal terminal) => ManifestPaths.Expand(Files(parsed), terminal.Files);
}

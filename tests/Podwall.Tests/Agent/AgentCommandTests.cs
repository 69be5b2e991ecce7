using Podwall.AgentHost;
using Podwall.Kubernetes;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Text;
using Podwall.Policy;
using Podwall.Tests.Cli;

namespace Podwall.Tests.Agent;

/// <summary>What <c>podwall-agent</c> shows without a kernel, and that its documents say what it does.</summary>
public sealed class AgentCommandTests
{
    private static readonly string Folder = Path.Combine("tests", "Podwall.Tests", "Agent", "Golden");

    [Fact]
    public async Task Render_shows_program_and_maps()
    {
        var (code, text, error) = await RunAsync("render", "--manifests", Checkout.At(Folder, "cluster.yaml"), "--node-name", "node1", "--pod-cidr", "10.0.0.0/24", "--pod-interface", "veth*");
        Assert.Equal((0, ""), (code, error));
        Settle("render.txt", text);
    }

    [Fact]
    public void Dump_says_it_in_words()
    {
        var file = Checkout.At(Folder, "cluster.yaml");
        var snapshot = ManifestReader.Read((file, File.ReadAllText(file))).Snapshot;
        Lowered lowered = new(new("node1", [Cidr.Parse("10.0.0.0/24")], ["veth*"]));
        lowered.Update(Compiled.Compile(snapshot));
        var names = snapshot.Pods.SelectMany(p => p.Addresses.AsEnumerable().Select(a => (a, $"{p.Id}"))).ToDictionary();
        using StringWriter text = new();
        new TableWords(shape => lowered.Contents[shape].Elements, address => names.GetValueOrDefault(address, $"{address}")).Write(text);
        Settle("dump.txt", text.ToString());
    }

    [Theory]
    [InlineData("run --pod-cidr nonsense")]
    [InlineData("run --manifests a --api-socket b")]
    [InlineData("verify --manifests /no/such/file")]
    [InlineData("run --resync x")]
    [InlineData("run --resync 0")]
    [InlineData("run --family ipv5")]
    [InlineData("nothing")]
    public async Task What_is_wrong_is_said_before_anything_is_done(string line)
    {
        var (code, _, error) = await RunAsync(line.Split(' '));
        Assert.Equal(AgentCommand.BadInput, code);
        Assert.StartsWith("podwall-agent: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_and_option_is_documented()
    {
        var document = await File.ReadAllTextAsync(Checkout.At("docs", "agent.md"), TestContext.Current.CancellationToken);
        foreach (var command in new[] { "run", "close", "render", "dump", "verify", "cleanup", "doctor" })
        {
            Assert.Contains($"| `{command}` |", document, StringComparison.Ordinal);
            foreach (var option in UsageTests.Options((await RunAsync(command, "--help")).Out).Where(o => o != "--help"))
                Assert.Contains(option, document, StringComparison.Ordinal);
        }
    }

    // What a golden file shows must not depend on who runs the test.
    private static void Settle(string name, string actual)
    {
        var file = Checkout.At(Folder, name);
        Transcript.Settle(file, File.Exists(file) ? File.ReadAllText(file) : "", actual);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await AgentCommand.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}

using System.Text;
using Podwall.Cli;
using Podwall.Kubernetes.Access;

namespace Podwall.Tests.Cli;

/// <summary>One run of the command line inside the test process, from the root of the checkout.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    static CliRun() => Environment.CurrentDirectory = Checkout.Root;

    public static Task<CliRun> Of(params string[] arguments) => WithInput("", arguments);

    public static Task<CliRun> WithInput(string input, params string[] arguments) => WithInput(Encoding.UTF8.GetBytes(input), false, arguments);

    public static Task<CliRun> InColour(params string[] arguments) => WithInput([], true, arguments);

    public static async Task<CliRun> WithInput(byte[] input, bool colour, params string[] arguments)
    {
        using var stdin = new MemoryStream(input);
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var code = await Through(stdin, stdout, stderr, colour, arguments);
        return new(code, Encoding.UTF8.GetString(stdout.ToArray()), Encoding.UTF8.GetString(stderr.ToArray()));
    }

    public static async Task<int> Through(Stream stdin, Stream stdout, Stream stderr, bool colour, params string[] arguments)
    {
        using var terminal = new Terminal(stdin, stdout, stderr) { IsColourful = colour, ShowsProgress = colour, Surroundings = Surroundings.Empty };
        return await PodwallCommand.RunAsync(arguments, terminal);
    }

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

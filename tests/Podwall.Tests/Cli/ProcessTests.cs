using System.Diagnostics;
using Podwall.Cli;

namespace Podwall.Tests.Cli;

/// <summary>The program as a process of its own: what only the operating system's streams can show.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:80", ExitCode.Denied)]
    [InlineData("check -f k8s/labs/security --flows /dev/null -o jsonl", ExitCode.Ok)]
    [InlineData("matrix -f k8s/labs/security >&-", ExitCode.BadInput)]
    [InlineData("matrix -f k8s/labs/security 2>&-", ExitCode.Ok)]
    [InlineData("'[suggest:-1]' 'podwall '", ExitCode.BadInput)]
    [InlineData("describe @/etc/passwd -f k8s/labs/security", ExitCode.BadInput)]
    public async Task A_run_ends_with_its_code_and_never_with_a_stack_trace(string arguments, int code)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh here");
        var (ended, error) = await Run(arguments);
        Assert.DoesNotContain("Unhandled", error);
        Assert.DoesNotContain("   at ", error);
        Assert.DoesNotContain("root:", error);
        Assert.Equal(code, ended);
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_no_disaster()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh here");
        var (_, error) = await Run("matrix -f k8s/labs/security -o json | head -c 1 >/dev/null");
        Assert.Equal("", error);
    }

    private static async Task<(int Code, string Error)> Run(string arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{string.Join(' ', Programs.Podwall.Select(p => $"\"{p}\""))} {arguments}"])
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }
}

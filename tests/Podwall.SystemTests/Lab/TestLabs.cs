using System.Diagnostics;
using Podwall.Lab.Hosting;
using Podwall.Policy;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>Labs that go with the test.</summary>
internal static class TestLabs
{
    private static int number;

    public static Task<LiveLab> StartAsync(int nodes, IpFamilies families, CancellationToken cancellation)
    {
        Sandbox.Require();
        // The API is reached over the loopback of whoever brought the lab up.
        Sandbox.Command("ip", ["link", "set", "lo", "up"]);
        return LiveLab.StartAsync(new($"test-{Environment.ProcessId}-{Interlocked.Increment(ref number)}", nodes, families, [], 0), [.. Programs.Podwall, "lab-host"], cancellation);
    }

    extension(LiveLab lab)
    {
        /// <summary>What its parts said.</summary>
        public string Log => File.ReadAllText(Path.Combine(Path.GetDirectoryName(lab.Kubeconfig)!, "log"));

        /// <summary>Runs the installed kubectl, which must succeed; gives what it says.</summary>
        public string Kubectl(params string[] words) => lab.KubectlOf("", words);

        /// <summary>The same with standard input.</summary>
        public string KubectlOf(string input, params string[] words)
        {
            var (code, output, errors) = lab.Run(input, words);
            Assert.True(code == 0, $"kubectl {string.Join(' ', words)}: {output} {errors}\n{lab.Log}");
            return output;
        }

        /// <summary>Whether it succeeds; gives what it says on both streams.</summary>
        public bool TryKubectl(out string said, params string[] words)
        {
            var (code, output, errors) = lab.Run("", words);
            said = output + errors;
            return code == 0;
        }

        private (int Code, string Output, string Errors) Run(string input, string[] words)
        {
            ProcessStartInfo start = new("kubectl", words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["KUBECONFIG"] = lab.Kubeconfig;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
    }
}

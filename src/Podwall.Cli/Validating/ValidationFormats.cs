using System.Security.Cryptography;
using System.Text;
using Podwall.Cli.Output;
using Podwall.Kubernetes;

namespace Podwall.Cli.Validating;

/// <summary>The findings about the input as SARIF and as JUnit XML, for code hosts and CI systems.</summary>
internal static class ValidationFormats
{
    public static void WriteSarif(Terminal terminal, Manifests manifests) => Sarif.Write(terminal,
        [.. manifests.Diagnostics.Select(d => d.Code).Distinct().Select(c => new SarifRule(c))],
        manifests.Diagnostics.Select(d => new SarifResult(d.Code, Word(d), Message(d), new(d.Position, Name(d)), Fingerprint(d))));

    /// <summary>A test a finding, of which errors fail; and one for the input as a whole where it has none.</summary>
    public static void WriteJunit(Terminal terminal, Manifests manifests)
    {
        var found = manifests.Diagnostics.Select(d => new JunitCase($"validate.{d.Code}", Name(d), d.Position) is var one && d.Severity == Severity.Error
            ? one with { Failure = (d.Message, d.Fix.Length > 0 ? $"fix: {d.Fix}" : "") }
            : one with { Remarks = Message(d) });
        var whole = manifests.HasErrors ? [] : new[] { new JunitCase("validate", $"{manifests.ReadKinds.Sum(k => k.Count)} objects are accepted") };
        Junit.Write(terminal, [("podwall validate", [.. found, .. whole])]);
    }

    private static string Word(Diagnostic finding) => finding.Severity.ToString().ToLowerInvariant();

    private static string Name(Diagnostic finding) => (finding.Subject, finding.Field) switch
    {
        (null, "") => finding.Position?.File ?? "the input",
        (null, var field) => field,
        ({ } subject, "") => $"{subject}",
        var (subject, field) => $"{subject}: {field}",
    };

    private static string Message(Diagnostic finding) => finding.Fix.Length > 0 ? $"{finding.Message}\nFix: {finding.Fix}" : finding.Message;

    private static string Fingerprint(Diagnostic finding) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Code}\n{finding.Position?.File}\n{Name(finding)}\n{finding.Message}")))[..32];
}

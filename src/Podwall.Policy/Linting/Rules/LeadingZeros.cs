namespace Podwall.Policy.Linting.Rules;

/// <summary>An IPv4 address with leading zeros, which programs read differently.</summary>
internal sealed class LeadingZeros : LintRule
{
    public override string Id => "leading-zeros";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "an IPv4 address is written with leading zeros, which other programs read as octal";

    public override string Explanation =>
        """
        The API server reads 010.1.0.0 as 10.1.0.0; many other programs read it as 8.1.0.0. Two readers of one policy then enforce different things,
        and newer API servers refuse such values.
        Found in every cidr and except. --fix writes the decimal form that the API server reads, which changes no flow.
        """;

    public override (string Wrong, string Right) Shown => ("cidr: 010.001.000.000/16", "cidr: 10.1.0.0/16");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var written in context.Facts.Written.AsEnumerable())
            foreach (var (field, text) in written.Blocks.AsEnumerable())
                if (!text.Contains(':') && text.Split('/')[0].Split('.').Any(o => o.Length > 1 && o[0] == '0') && Cidr.TryParse(text, out var cidr))
                    yield return Find(LintPlace.Of(written.Id, field), $"{text} is {cidr} here, and something else to programs that read leading zeros as octal") with
                    {
                        Matter = text,
                        Fix = $"Write {cidr}.",
                        Edit = new LintEdit.Replace(field, $"{cidr}"),
                    };
    }
}

namespace Podwall.Policy.Linting.Rules;

/// <summary>A block whose address is not the first of the block.</summary>
internal sealed class HostBits : LintRule
{
    public override string Id => "host-bits";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a CIDR has bits set behind its prefix, which are ignored";

    public override string Explanation =>
        """
        10.1.2.3/8 is 10.0.0.0/8: the bits behind the prefix mean nothing. Either a single address was meant (/32), or the block is wider than it
        reads.
        Found in every cidr and except. --fix writes the block as it is read, which changes no flow.
        """;

    public override (string Wrong, string Right) Shown => ("cidr: 10.1.2.3/8", "cidr: 10.0.0.0/8");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var written in context.Facts.Written.AsEnumerable())
            foreach (var (field, text) in written.Blocks.AsEnumerable())
                if (Cidr.TryParse(text, out var cidr) && Address.TryParse(text[..text.IndexOf('/')], out var address) && address.Family == cidr.Family && address != cidr.Network)
                    yield return Find(LintPlace.Of(written.Id, field), $"{text} is read as {cidr}{(cidr.PrefixLength < cidr.Family.Bits - 8 ? $", {cidr.Range} in full" : "")}") with
                    {
                        Matter = text,
                        Fix = $"Write {cidr}; if only the one address is meant, {address}/{address.Family.Bits}.",
                        Edit = new LintEdit.Replace(field, $"{cidr}"),
                    };
    }
}

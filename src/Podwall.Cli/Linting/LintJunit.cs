using System.Xml;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings as JUnit XML: a test a finding, and one for each rule that found nothing.</summary>
internal static class LintJunit
{
    public static void Write(TextWriter writer, LintReport report, LintSeverity? failOn)
    {
        var quiet = LintRules.All.Where(r => !report.Findings.Any(f => f.Finding.Rule == r.Id)).ToArray();
        bool Fails(PlacedFinding finding) => finding.Counts && failOn is { } least && finding.Severity >= least;
        using var xml = XmlWriter.Create(writer, new() { Indent = true, NewLineChars = "\n", CloseOutput = false, CheckCharacters = false });
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", "podwall lint");
        xml.WriteAttributeString("tests", $"{report.Findings.Count + quiet.Length}");
        xml.WriteAttributeString("failures", $"{report.Findings.Count(Fails)}");
        xml.WriteAttributeString("skipped", $"{report.Findings.Count(f => !f.Counts)}");
        foreach (var placed in report.Findings)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", $"lint.{placed.Finding.Rule}");
            xml.WriteAttributeString("name", Printable($"{placed.Finding.Place}"));
            if (placed.Position is { } at)
            {
                xml.WriteAttributeString("file", Printable(at.File));
                xml.WriteAttributeString("line", $"{at.Line}");
            }

            if (!placed.Counts)
                Element(xml, "skipped", placed.IgnoredBecause ?? "known from the baseline", "");
            else if (Fails(placed))
                Element(xml, "failure", placed.Finding.Message, Detail(placed));
            else
                xml.WriteElementString("system-out", Printable($"{placed.Finding.Message}\n{Detail(placed)}"));
            xml.WriteEndElement();
        }

        foreach (var rule in quiet)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", $"lint.{rule.Id}");
            xml.WriteAttributeString("name", rule.Title);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.Flush();
        writer.Write('\n');
    }

    private static string Detail(PlacedFinding placed) => string.Join('\n',
        new[] { placed.Position is { } at ? $"{at}" : "" }.Where(p => p.Length > 0).Concat(placed.Finding.Examples.Select(e => $"{e}")).Concat(placed.Finding.Fix.Length > 0 ? [$"fix: {placed.Finding.Fix}"] : []));

    private static void Element(XmlWriter xml, string name, string message, string text)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString("message", Printable(message));
        if (text.Length > 0)
            xml.WriteString(Printable(text));
        xml.WriteEndElement();
    }

    // XML has no form at all for some characters.
    private static string Printable(string text) => text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.Where(XmlConvert.IsXmlChar));
}

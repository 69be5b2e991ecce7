using System.Globalization;
using System.Xml;

namespace Podwall.Cli.Testing;

/// <summary>What became of tests, as the JUnit XML that CI systems show.</summary>
internal static class JUnitXml
{
    public static void Write(Terminal terminal, TestReport report)
    {
        terminal.Out.Flush();
        using (var xml = XmlWriter.Create(terminal.Output, new() { Indent = true, Encoding = new System.Text.UTF8Encoding(false), CheckCharacters = false, NewLineChars = "\n", CloseOutput = false }))
            Write(xml, report);
        terminal.Output.Write("\n"u8);
    }

    private static void Write(XmlWriter xml, TestReport report)
    {
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", "podwall");
        xml.WriteAttributeString("tests", Text(report.Cases.Count));
        xml.WriteAttributeString("failures", Text(report.Failed));
        xml.WriteAttributeString("time", report.Took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (var suite in report.Cases.GroupBy(c => c.Suite))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", suite.Key);
            xml.WriteAttributeString("tests", Text(suite.Count()));
            xml.WriteAttributeString("failures", Text(suite.Count(c => !c.Holds)));
            foreach (var one in suite)
                Write(xml, one, report);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, TestCase one, TestReport report)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", one.Suite);
        xml.WriteAttributeString("name", Safe(one.Name));
        xml.WriteAttributeString("file", one.Position.File);
        xml.WriteAttributeString("line", Text(one.Position.Line));
        if (one.Why is { } why)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Safe(TestWords.Verdict(why)));
            xml.WriteString(Safe(string.Join('\n', TestWords.Reasons(why, report.Sources))));
            xml.WriteEndElement();
        }

        if (one.Result.IsVacuous)
            xml.WriteElementString("system-out", "vacuous: no policy governs either end, so that it would hold without any");
        xml.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Names come from files; XML has no form for most control characters.
    private static string Safe(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD'));
}

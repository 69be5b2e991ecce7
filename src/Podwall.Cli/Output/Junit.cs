using System.Globalization;
using System.Xml;
using Podwall.Kubernetes;

namespace Podwall.Cli.Output;

/// <summary>One test of a JUnit report: passed, unless it has a failure or was left out.</summary>
/// <param name="Class">What it is filed under.</param>
internal sealed record JunitCase(string Class, string Name, SourcePosition? Position = null)
{
    public (string Message, string Text)? Failure { get; init; }

    /// <summary>Why it was left out; null where it was not.</summary>
    public string? Skipped { get; init; }

    /// <summary>What else is said of it; empty where nothing is.</summary>
    public string Remarks { get; init; } = "";
}

/// <summary>Tests as the JUnit XML that CI systems show.</summary>
internal static class Junit
{
    /// <param name="took">How long all of it took; null where nobody measured.</param>
    public static void Write(Terminal terminal, IEnumerable<(string Name, IReadOnlyList<JunitCase> Cases)> suites, TimeSpan? took = null)
    {
        terminal.Out.Flush();
        using (var xml = XmlWriter.Create(terminal.Output, new() { Indent = true, Encoding = new System.Text.UTF8Encoding(false), CheckCharacters = false, NewLineChars = "\n", CloseOutput = false }))
            Write(xml, [.. suites], took);
        terminal.Output.Write("\n"u8);
    }

    private static void Write(XmlWriter xml, (string Name, IReadOnlyList<JunitCase> Cases)[] suites, TimeSpan? took)
    {
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", "podwall");
        Counts(xml, [.. suites.SelectMany(s => s.Cases)]);
        if (took is { } time)
            xml.WriteAttributeString("time", time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (var (name, cases) in suites)
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Printable(name));
            Counts(xml, cases);
            foreach (var one in cases)
                Write(xml, one);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<JunitCase> cases)
    {
        xml.WriteAttributeString("tests", Text(cases.Count));
        xml.WriteAttributeString("failures", Text(cases.Count(c => c.Failure is not null)));
        xml.WriteAttributeString("skipped", Text(cases.Count(c => c.Skipped is not null)));
    }

    private static void Write(XmlWriter xml, JunitCase one)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Printable(one.Class));
        xml.WriteAttributeString("name", Printable(one.Name));
        if (one.Position is { } at)
        {
            xml.WriteAttributeString("file", Printable(at.File));
            xml.WriteAttributeString("line", Text(at.Line));
        }

        if (one.Skipped is { } why)
            Element(xml, "skipped", why, "");
        if (one.Failure is var (message, text))
            Element(xml, "failure", message, text);
        if (one.Remarks.Length > 0)
            xml.WriteElementString("system-out", Printable(one.Remarks));
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string message, string text)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString("message", Printable(message));
        if (text.Length > 0)
            xml.WriteString(Printable(text));
        xml.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Names come from files; XML has no form at all for most control characters.
    private static string Printable(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD'));
}

using System.Globalization;
using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg;

/// <summary>Writes SVG elements; the only place where text becomes markup.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Open(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes).Append(">\n");
        depth++;
    }

    public void Close(string element)
    {
        depth--;
        text.Append(' ', depth * 2).Append($"</{element}>\n");
    }

    public void Shape(string element, params ReadOnlySpan<(string Name, object? Value)> attributes) => Start(element, attributes).Append("/>\n");

    public void Text(int x, int y, string css, string content, string? anchor = null) =>
        Element("text", content, ("x", x), ("y", y), ("class", css), ("text-anchor", anchor));

    /// <summary>An element that holds only text.</summary>
    public void Element(string element, string content, params ReadOnlySpan<(string Name, object? Value)> attributes) =>
        Start(element, attributes).Append('>').Append(Escape(OneLine.Of(content))).Append($"</{element}>\n");

    public void Lines(string element, IEnumerable<string> lines) =>
        Start(element, []).Append('>').Append(string.Join('\n', lines.Select(l => Escape(OneLine.Of(l))))).Append($"</{element}>\n");

    /// <summary>A style sheet of our own; nobody else's text may come in here.</summary>
    public void Style(string css) => text.Append("  <style>\n").Append(css).Append("  </style>\n");

    public override string ToString() => text.ToString();

    private StringBuilder Start(string element, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        text.Append(' ', depth * 2).Append('<').Append(element);
        foreach (var (name, value) in attributes)
            if (value is not null)
                text.Append($" {name}=\"{Escape(OneLine.Of(Convert.ToString(value, CultureInfo.InvariantCulture)!))}\"");
        return text;
    }

    private static string Escape(string value) => value
        .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");
}

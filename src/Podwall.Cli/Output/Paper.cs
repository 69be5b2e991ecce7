using System.Globalization;
using Spectre.Console;

namespace Podwall.Cli.Output;

/// <summary>A piece of text and what it means.</summary>
internal readonly record struct Piece(string Text, Ink Ink)
{
    public static implicit operator Piece(string text) => new(text, Ink.Plain);
}

/// <summary>Text for a person: in colour where a person looks, plain in a pipe or a file.</summary>
internal sealed class Paper
{
    private readonly TextWriter writer;
    private readonly IAnsiConsole? console;

    public Paper(TextWriter writer, bool colourful)
    {
        this.writer = writer;
        if (!colourful)
            return;
        console = AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(writer) });
        // Lines are broken by the terminal, never here: what is copied stays whole.
        console.Profile.Width = 100_000;
    }

    public Paper Put(string text, Ink ink = Ink.Plain)
    {
        var safe = Printable(text);
        if (console is null || ink == Ink.Plain)
            writer.Write(safe);
        else
            console.Write(new Text(safe, StyleOf(ink)));
        return this;
    }

    public Paper Line(params ReadOnlySpan<Piece> pieces)
    {
        foreach (var piece in pieces)
            Put(piece.Text, piece.Ink);
        writer.Write('\n');
        return this;
    }

    /// <summary>Rows in columns as wide as their widest cell, three blanks apart.</summary>
    public Paper Columns(IReadOnlyList<Piece[]> rows, string indent = "")
    {
        if (rows.Count == 0)
            return this;
        var widths = Enumerable.Range(0, rows.Max(r => r.Length)).Select(c => rows.Max(r => c < r.Length ? r[c].Text.Length : 0)).ToArray();
        foreach (var row in rows)
        {
            Put(indent);
            for (var c = 0; c < row.Length; c++)
            {
                Put(row[c].Text, row[c].Ink);
                if (c < row.Length - 1)
                    Put(new string(' ', widths[c] - row[c].Text.Length + 3));
            }

            Line();
        }

        return this;
    }

    // Names come from files: what moves the cursor, turns the direction of reading or begins a line must not come through.
    private static string Printable(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnsafe(char c) => char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static Style StyleOf(Ink ink) => ink switch
    {
        Ink.Strong => new(decoration: Decoration.Bold),
        Ink.Dim => new(Color.Grey),
        Ink.Good => new(Color.Green),
        Ink.Bad => new(Color.Red, decoration: Decoration.Bold),
        Ink.Caution => new(Color.Yellow),
        _ => Style.Plain,
    };
}

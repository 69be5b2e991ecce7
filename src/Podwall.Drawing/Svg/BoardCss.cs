namespace Podwall.Drawing.Svg;

/// <summary>
/// The style sheet of the boards. Each colour stands twice, so that programs without CSS variables show the light one;
/// a page restyles by setting the variables on <c>.podwall-board</c>.
/// </summary>
public static class BoardCss
{
    private static readonly (string Name, string Light, string Dark)[] Colours =
    [
        ("bg", "#ffffff", "#0d1117"),
        ("place", "#f5f7fa", "#161b22"),
        ("place-edge", "#cfd7e0", "#3a424c"),
        ("card", "#ffffff", "#21262e"),
        ("card-edge", "#b6c0cc", "#4b5561"),
        ("text", "#1c2530", "#eef2f6"),
        ("muted", "#586372", "#9ba6b2"),
        ("isolated", "#1d5fd1", "#6cabff"),
        ("closed", "#8f2ba5", "#d391e6"),
        ("allow", "#1a7a3c", "#46c06b"),
        ("deny", "#c8283a", "#ff7b80"),
        ("change", "#9a5b00", "#e0a33a"),
    ];

    /// <summary>For a picture of its own: light or dark as the reader's system has it.</summary>
    public static string Text { get; } = $$"""
        :where(.podwall-board) { {{Variables(c => c.Light)}} }
        @media (prefers-color-scheme: dark) { :where(.podwall-board) { {{Variables(c => c.Dark)}} } }
        {{Rules}}
        """;

    /// <summary>For a page that serves it once for all its pictures: light or dark as the page's <c>color-scheme</c> says.</summary>
    public static string ForPages { get; } = $$"""
        :where(:root) { {{Variables(c => $"light-dark({c.Light}, {c.Dark})")}} }
        {{Rules}}
        """;

    private static string Rules => $$"""
        .podwall-board text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-size: 12px; {{Paint("fill", "text")}} }
        .podwall-board .bg { {{Paint("fill", "bg")}} }
        .podwall-board .heading { font-size: 18px; font-weight: 600; }
        .podwall-board .phase { font-size: 15px; font-weight: 600; }
        .podwall-board .small { font-size: 11px; }
        .podwall-board .muted { {{Paint("fill", "muted")}} }
        .podwall-board .place > rect { {{Paint("fill", "place")}} {{Paint("stroke", "place-edge")}} stroke-width: 1; }
        .podwall-board .place.outside > rect, .podwall-board .place.undeclared > rect { stroke-dasharray: 6 4; }
        .podwall-board .name { font-size: 14px; font-weight: 600; }
        .podwall-board .card > rect { {{Paint("fill", "card")}} {{Paint("stroke", "card-edge")}} stroke-width: 1; }
        .podwall-board .card.absent > rect { fill: none; stroke-dasharray: 3 3; }
        .podwall-board .card .title { font-size: 13px; font-weight: 600; }
        .podwall-board .bar { stroke: none; }
        .podwall-board .bar.isolated { {{Paint("fill", "isolated")}} }
        .podwall-board .bar.closed { {{Paint("fill", "closed")}} }
        .podwall-board .mark { fill: none; stroke-width: 1.4; stroke-linejoin: round; stroke-linecap: round; }
        .podwall-board .mark.open { {{Paint("stroke", "muted")}} }
        .podwall-board .mark.isolated { {{Paint("stroke", "isolated")}} }
        .podwall-board .mark.closed { {{Paint("stroke", "closed")}} {{Paint("fill", "closed")}} }
        .podwall-board .slash { fill: none; stroke-width: 1.6; stroke-linecap: round; {{Paint("stroke", "card")}} }
        .podwall-board text.open { {{Paint("fill", "muted")}} }
        .podwall-board text.isolated { {{Paint("fill", "isolated")}} }
        .podwall-board text.closed { {{Paint("fill", "closed")}} font-weight: 600; }
        .podwall-board .wire { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        .podwall-board .hit { fill: none; stroke: transparent; stroke-width: 12; }
        .podwall-board .head { stroke: none; }
        .podwall-board .stop { fill: none; stroke-width: 2.4; stroke-linecap: round; }
        .podwall-board .pill { {{Paint("fill", "bg")}} stroke-width: 1; }
        .podwall-board .allow .wire, .podwall-board .allow .pill { {{Paint("stroke", "allow")}} }
        .podwall-board .allow .head, .podwall-board .allow text, .podwall-board text.allow { {{Paint("fill", "allow")}} }
        .podwall-board .add .wire { stroke-width: 3; {{Paint("stroke", "allow")}} }
        .podwall-board .add .pill { {{Paint("stroke", "allow")}} }
        .podwall-board .add .head, .podwall-board .add text, .podwall-board text.add { {{Paint("fill", "allow")}} font-weight: 600; }
        .podwall-board .change .wire, .podwall-board .change .pill { {{Paint("stroke", "change")}} }
        .podwall-board .change .wire { stroke-dasharray: 12 3; }
        .podwall-board .change .head, .podwall-board .change text, .podwall-board text.change { {{Paint("fill", "change")}} }
        .podwall-board .deny .wire { stroke-dasharray: 5 4; }
        .podwall-board .deny .wire, .podwall-board .deny .pill, .podwall-board .deny .stop { {{Paint("stroke", "deny")}} }
        .podwall-board .deny text, .podwall-board text.deny { {{Paint("fill", "deny")}} }

        """;

    private static string Variables(Func<(string Name, string Light, string Dark), string> of) =>
        string.Join(" ", Colours.Select(c => $"--podwall-{c.Name}: {of(c)};"));

    private static string Paint(string property, string colour)
    {
        var light = Colours.First(c => c.Name == colour).Light;
        return $"{property}: {light}; {property}: var(--podwall-{colour}, {light});";
    }
}

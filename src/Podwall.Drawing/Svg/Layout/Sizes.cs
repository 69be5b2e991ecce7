namespace Podwall.Drawing.Svg.Layout;

/// <summary>The measures of the picture, in pixels.</summary>
internal static class Sizes
{
    public const int Margin = 20;
    public const int CardNarrowest = 150;
    public const int CardWidest = 290;
    public const int CardPadding = 14;
    public const int PlacePadding = 14;
    public const int PlaceGap = 26;
    public const int CardGap = 14;

    /// <summary>Between two cards that an arrow joins straight down.</summary>
    public const int ArrowGap = 46;

    public const int Line = 17;
    public const int PortSpacing = 22;
    public const int TrackSpacing = 12;
    public const int LaneSpacing = 9;
    public const int Head = 9;
    public const int LabelHeight = 18;
    public const int LabelWidest = 230;
    public const int EmptyChannel = 26;
    public const double Small = 11;
    public const double Normal = 12;
    public const double TitleSize = 13;
    public const double NameSize = 14;
}

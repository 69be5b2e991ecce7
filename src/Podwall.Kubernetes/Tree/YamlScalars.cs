using System.Globalization;

namespace Podwall.Kubernetes;

/// <summary>
/// What a YAML scalar means to the API server, which reads YAML 1.1 as go-yaml v2 does and turns it into JSON:
/// <c>no</c> is false, <c>010</c> is 8, <c>8_080</c> is 8080, <c>8e1</c> is 80; dates stay strings.
/// </summary>
internal static class YamlScalars
{
    private const string StandardTag = "tag:yaml.org,2002:";
    // Longer digits are no value that any field takes, and would only cost time.
    private const int LongestNumber = 400;

    /// <summary>Unquoted y and n are booleans to go-yaml, and to nobody else: people and other tools mean the letter.</summary>
    public static bool IsAmbiguousLetter(string text, bool isPlain) => isPlain && text is ("y" or "Y" or "n" or "N");

    public static (ScalarType Type, string Text) Resolve(string text, string? tag, bool isPlain)
    {
        var kind = tag is not null && tag.StartsWith(StandardTag, StringComparison.Ordinal) ? tag[StandardTag.Length..] : tag;
        return kind switch
        {
            null or "" or "?" => isPlain ? ResolvePlain(text) : (ScalarType.Text, text),
            "int" or "float" or "bool" or "null" => ResolvePlain(text),
            _ => (ScalarType.Text, text),
        };
    }

    public static bool IsMerge(string text, bool isPlain) => isPlain && text == "<<";

    private static (ScalarType, string) ResolvePlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => (ScalarType.Null, ""),
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => (ScalarType.Boolean, "true"),
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => (ScalarType.Boolean, "false"),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => (ScalarType.Number, "+Inf"),
        "-.inf" or "-.Inf" or "-.INF" => (ScalarType.Number, "-Inf"),
        ".nan" or ".NaN" or ".NAN" => (ScalarType.Number, "NaN"),
        _ => text[0] is '+' or '-' or '.' or (>= '0' and <= '9') && text.Length <= LongestNumber && !IsDate(text) && Number(text) is { } number
            ? (ScalarType.Number, number)
            : (ScalarType.Text, text),
    };

    // go-yaml takes such text for a time, and the conversion to JSON gives the string back.
    private static bool IsDate(string text) => text.Length > 4 && text[4] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;

    private static string? Number(string text)
    {
        if (text[0] == '.')
            return Float(text);
        var plain = text.Replace("_", "");
        if (plain.Length == 0)
            return null;
        return Integer(plain) ?? Float(plain);
    }

    private static string? Integer(string plain)
    {
        var digits = plain.AsSpan();
        var isNegative = digits[0] == '-';
        if (digits[0] is '+' or '-')
            digits = digits[1..];
        var radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            radix = (digits[1] | 0x20) switch { 'x' => 16, 'b' => 2, _ => 8 };
            digits = digits[(char.IsAsciiLetter(digits[1]) ? 2 : 1)..];
        }

        if (digits.IsEmpty)
            return null;
        UInt128 value = 0;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiHexDigit(digit) ? char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10 : 16;
            if (worth >= radix)
                return null;
            // Beyond 64 bits no field takes it; the digits themselves are kept for the message.
            if (value > ulong.MaxValue)
                return radix == 10 ? plain : null;
            value = value * (uint)radix + (uint)worth;
        }

        return isNegative && value != 0 ? $"-{value}" : value.ToString(CultureInfo.InvariantCulture);
    }

    private static string? Float(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? JsonText(value) : null;

    private static string JsonText(double value)
    {
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";
        if (Math.Abs(value) is >= 1e-6 and < 1e21)
            return value == Math.Floor(value)
                ? value.ToString("F0", CultureInfo.InvariantCulture)
                : value.ToString("0.###########################", CultureInfo.InvariantCulture);
        return value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
    }
}

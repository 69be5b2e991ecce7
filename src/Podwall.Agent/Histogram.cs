using System.Globalization;
using System.Text;

namespace Podwall.Agent;

/// <summary>How often a value was at most each of some bounds. Not safe for several threads.</summary>
internal sealed class Histogram(params double[] bounds)
{
    private readonly long[] counts = new long[bounds.Length + 1];
    private double sum;

    public void Add(double value)
    {
        var at = Array.FindIndex(bounds, b => value <= b);
        counts[at < 0 ? bounds.Length : at]++;
        sum += value;
    }

    /// <summary>Writes the lines of Prometheus' text format.</summary>
    public void Write(StringBuilder text, string name)
    {
        long below = 0;
        for (var i = 0; i <= bounds.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{(i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf")}\"}} {below += counts[i]}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum {sum}\n{name}_count {below}\n");
    }
}

using System.Globalization;

namespace Podwall.Lab.Controllers;

/// <summary>How many pods an update may add, and how many it may be short of.</summary>
internal readonly record struct RollingPace(int Surge, int Unavailable)
{
    /// <param name="workload">It says so in numbers or percentages.</param>
    /// <param name="replicas">What the percentages are of.</param>
    public static RollingPace Of(ClusterObject workload, int replicas)
    {
        RollingPace pace = new(
            Part(workload.Text("spec", "strategy", "rollingUpdate", "maxSurge"), replicas, double.Ceiling),
            Part(workload.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"), replicas, double.Floor));
        // With neither, nothing could ever change.
        return pace is (0, 0) ? new(0, 1) : pace;
    }

    /// <summary>A number, or so many hundredths of a whole, rounded.</summary>
    public static int Part(string written, int whole, Func<double, double> round) => written.EndsWith('%')
        ? int.TryParse(written[..^1], CultureInfo.InvariantCulture, out var hundredths) ? (int)round(hundredths / 100.0 * whole) : 0
        : int.TryParse(written, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

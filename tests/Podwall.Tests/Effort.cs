namespace Podwall.Tests;

/// <summary>How often a property is tried: <c>eng/test --soak</c> multiplies it.</summary>
internal static class Effort
{
    private static readonly int Factor = int.TryParse(Environment.GetEnvironmentVariable("PODWALL_SOAK"), out var factor) ? factor : 1;

    /// <summary>Time is no matter: what takes long is waited for.</summary>
    public static bool IsLong => Factor > 1;

    public static int Times(int iterations) => checked(iterations * Factor);
}

using System.Globalization;
using System.Text;

namespace Podwall.Agent;

/// <summary>Lines for people and machines alike: time, level, what happened, and then names with values (logfmt).</summary>
public sealed class AgentLog(TextWriter writer, TimeProvider time)
{
    private readonly Lock gate = new();

    public void Info(string what, params ReadOnlySpan<(string Name, object? Value)> values) => Write("info", what, values);

    public void Warn(string what, params ReadOnlySpan<(string Name, object? Value)> values) => Write("warn", what, values);

    public void Error(string what, params ReadOnlySpan<(string Name, object? Value)> values) => Write("error", what, values);

    private void Write(string level, string what, ReadOnlySpan<(string Name, object? Value)> values)
    {
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"time={time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} level={level} msg={Quoted(what)}");
        foreach (var (name, value) in values)
            line.Append(CultureInfo.InvariantCulture, $" {name}={Quoted(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}");
        lock (gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private static string Quoted(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:,*".Contains(c))
        ? text
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";
}

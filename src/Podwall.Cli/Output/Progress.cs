namespace Podwall.Cli.Output;

/// <summary>One line that says what takes so long; it appears after a moment and goes away by itself.</summary>
internal sealed class Progress : IDisposable, IProgress<string>, IProgress<int>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly Terminal terminal;
    private readonly Lock writing = new();
    private readonly ITimer? timer;
    private string text;
    private long? count;
    private bool shown;

    private Progress(Terminal terminal, string text)
    {
        (this.terminal, this.text) = (terminal, text);
        if (terminal.ShowsProgress)
            timer = TimeProvider.System.CreateTimer(_ => Show(), null, Patience, Patience);
    }

    public static Progress Start(Terminal terminal, string text) => new(terminal, text);

    public void Report(long done) => count = done;

    public void Report(int value) => count = value;

    public void Report(string value) => text = value;

    private void Show()
    {
        lock (writing)
        {
            shown = true;
            terminal.Error.Write($"\r\u001b[K{text}{(count is { } done ? $" {done:N0}" : "")}...");
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (writing)
            if (shown)
                terminal.Error.Write("\r\u001b[K");
    }
}

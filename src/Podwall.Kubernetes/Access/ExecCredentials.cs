using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Podwall.Kubernetes.Client;

namespace Podwall.Kubernetes.Access;

/// <summary>A login that a plugin makes; it runs again when its login expires or is refused.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, Surroundings surroundings) : Credentials, IDisposable
{
    // ENOENT.
    private const int NoSuchFile = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim gate = new(1);
    private ExecLogin? login;

    public override X509Certificate2? Certificate => login is { ClientCertificateData: { } certificate, ClientKeyData: { } key }
        ? Certified509(new Pem.Text(certificate, plugin.Origin), new Pem.Text(key, plugin.Origin))
        : null;

    public override async ValueTask<string?> HeaderAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (login is null || login.ExpirationTimestamp <= surroundings.Time.GetUtcNow())
                login = await RunAsync(cancellation);
            return login.Token is { Length: > 0 } token ? $"Bearer {token}" : null;
        }
        finally
        {
            gate.Release();
        }
    }

    public override ValueTask<bool> RenewAsync(CancellationToken cancellation)
    {
        login = null;
        return new(true);
    }

    public void Dispose() => gate.Dispose();

    private async Task<ExecLogin> RunAsync(CancellationToken cancellation)
    {
        ProcessStartInfo start = new(plugin.Command, plugin.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in plugin.Variables)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info();
        using var limit = new CancellationTokenSource(Limit, surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(either.Token), process.StandardError.ReadToEndAsync(either.Token));
            try
            {
                await process.WaitForExitAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            if (process.ExitCode != 0)
                throw Failed($"it ended with {process.ExitCode}: {ApiException.OneLine(await error)}");
            return Parse(await output);
        }
        catch (Win32Exception missing)
        {
            throw Failed(missing.NativeErrorCode == NoSuchFile ? "there is no such command" : "it may not be run");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"it did not end within {Limit.TotalSeconds:0} s");
        }
    }

    private ExecLogin Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ClientJson.Default.ExecCredential)?.Status ?? throw Failed("it printed no status");
        }
        catch (JsonException)
        {
            throw Failed("it did not print an ExecCredential");
        }
    }

    private AccessException Failed(string why) => new($"the login plugin {plugin.Command} of {plugin.Origin} failed: {why}",
        plugin.Hint.Length > 0 ? ApiException.OneLine(plugin.Hint) : "Run it by hand, and log in again");

    // What a plugin may ask about (KUBERNETES_EXEC_INFO).
    private string Info()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "ExecCredential");
            json.WriteString("apiVersion", plugin.ApiVersion);
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            if (plugin.Cluster is { } cluster)
            {
                json.WriteStartObject("cluster");
                foreach (var field in new[] { "server", "tls-server-name", "certificate-authority-data", "proxy-url" })
                    if (cluster.Text(field) is { } value)
                        json.WriteString(field, value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <summary>What a plugin prints.</summary>
internal sealed record ExecCredential
{
    public ExecLogin? Status { get; init; }
}

internal sealed record ExecLogin
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Podwall.Explorer;

namespace Podwall.Cli.Ui;

/// <summary>
/// Who may ask: programs of this machine that name this very server (no other name may point here), pages of its own
/// origin, and for anything about the cluster only who has the token.
/// </summary>
internal sealed class UiGuard(string token)
{
    private readonly byte[] expected = Encoding.UTF8.GetBytes($"Bearer {token}");

    /// <summary>What is wrong with a request, and its status; null where nothing is.</summary>
    public (int Status, string Message)? Objection(HttpRequest request)
    {
        var port = request.HttpContext.Connection.LocalPort;
        if (request.Host.Value != $"127.0.0.1:{port}" && request.Host.Value != $"localhost:{port}")
            return (StatusCodes.Status421MisdirectedRequest, "This server answers to 127.0.0.1 and localhost only.");
        if (request.Headers.Origin is [{ } origin, ..] && origin != $"http://{request.Host.Value}")
            return (StatusCodes.Status403Forbidden, "Pages of other origins may not ask here.");
        var isApi = request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
        if (isApi && request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none"))
            return (StatusCodes.Status403Forbidden, "Pages of other origins may not ask here.");
        if (isApi && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), expected))
            return (StatusCodes.Status401Unauthorized, "The token is missing or is not this server's. Open the address that podwall ui printed last.");
        if (!isApi && request.Method is not ("GET" or "HEAD"))
            return (StatusCodes.Status405MethodNotAllowed, "Pages can only be read.");
        return null;
    }

    public static void Protect(HttpResponse response)
    {
        var headers = response.Headers;
        // A page cannot refuse frames for itself.
        headers.ContentSecurityPolicy = $"{PageSecurity.ContentSecurityPolicy}; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-cache";
    }
}

using Podwall.Kubernetes.Access;

namespace Podwall.Kubernetes.Client;

/// <summary>Why a request failed, as far as it matters for what to do next.</summary>
public enum ApiFault
{
    Unreachable,
    UnknownHost,
    TimedOut,
    UntrustedServer,
    NoLogin,
    NotAnApiServer,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    Expired,
    TooManyRequests,
    ServerError,
    Rejected,
    BrokenBody,
}

/// <summary>A request that failed: what failed, where that was configured, and what to do, in one line for people.</summary>
public sealed class ApiException : Exception
{
    internal ApiException(ApiFault fault, ClusterAccess access, string what, string fix, Exception? cause = null)
        : base($"{what}{(access.Origin.Length > 0 ? $" ({access.Origin})" : "")}. {fix}", cause) =>
        (Fault, What, Where, Fix) = (fault, what, access.Origin, fix);

    public ApiFault Fault { get; }

    public string What { get; }

    /// <summary>Where the server was configured; empty where that is nowhere.</summary>
    public string Where { get; }

    public string Fix { get; }

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? StatusCode { get; init; }

    public string? Reason => Status?.Reason;

    /// <summary>The API's own words; null where none came.</summary>
    public ApiStatus? Status { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The version that was asked for is no longer held: read everything anew.</summary>
    public bool IsExpired => Fault == ApiFault.Expired;

    /// <summary>The same request may succeed later.</summary>
    public bool IsTransient => Fault is ApiFault.Unreachable or ApiFault.UnknownHost or ApiFault.TimedOut or ApiFault.TooManyRequests or ApiFault.ServerError or ApiFault.BrokenBody;

    internal static ApiException BrokenBody(ClusterAccess access, Exception cause) =>
        new(ApiFault.BrokenBody, access, $"the answer of {access.Server.Authority} broke off or cannot be read: {OneLine(cause.Message)}", "Try again; if it stays, look at what lies between here and the server.", cause);

    internal static ApiException TimedOut(ClusterAccess access, string what) =>
        new(ApiFault.TimedOut, access, what, "Check that the server is up and that nothing on the way holds the connection.");

    /// <summary>The login, or the authority that vouches for the server, cannot be read: a file is missing, a plugin fails.</summary>
    internal static ApiException NoLogin(ClusterAccess access, AccessException cause) => new(ApiFault.NoLogin, access, cause.What, $"{cause.Fix}.", cause);

    /// <summary>From what the server said; <paramref name="status"/> may come in an answer or in a watch.</summary>
    internal static ApiException FromStatus(ClusterAccess access, ApiStatus status, TimeSpan? retryAfter = null)
    {
        var fault = (status.Code, status.Reason) switch
        {
            (410, _) or (_, "Expired" or "Gone") => ApiFault.Expired,
            (401, _) => ApiFault.Unauthorized,
            (403, _) => ApiFault.Forbidden,
            (404, _) => ApiFault.NotFound,
            (409, _) => ApiFault.Conflict,
            (429, _) => ApiFault.TooManyRequests,
            ( >= 500, _) => ApiFault.ServerError,
            _ => ApiFault.Rejected,
        };
        return new(fault, access, $"{access.Server.Authority} answered {status.Code}: {OneLine(status.Message is { Length: > 0 } message ? message : status.Reason ?? "no reason given")}", FixOf(fault))
        {
            StatusCode = status.Code,
            Status = status,
            RetryAfter = retryAfter ?? (status.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        };
    }

    private static string FixOf(ApiFault fault) => fault switch
    {
        ApiFault.Unauthorized => "The login is missing or has expired; log in again.",
        ApiFault.Forbidden => "Ask for a role that allows this, or use another context.",
        ApiFault.NotFound => "Check the server's address in the kubeconfig.",
        ApiFault.Expired => "Read everything anew.",
        ApiFault.TooManyRequests or ApiFault.ServerError => "Try again in a while.",
        _ => "Mend what it says.",
    };

    internal static string OneLine(string text)
    {
        const int Longest = 300;
        text = text.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return text.Length > Longest ? $"{text[..Longest]}..." : text;
    }
}

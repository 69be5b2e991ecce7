namespace Podwall.Lab.Api.Patching;

/// <summary>A patch that cannot be applied: 400 <c>BadRequest</c>, 413 <c>RequestEntityTooLarge</c> or 422 <c>Invalid</c>, to be answered as a Status.</summary>
public sealed class PatchException(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    internal static PatchException Malformed(string message) => new(400, "BadRequest", message);

    internal static PatchException TooLarge(string message) => new(413, "RequestEntityTooLarge", $"Request entity too large: {message}");

    /// <summary>A well-formed patch that does not fit the object, in words of its own.</summary>
    internal static PatchException Unfit(string message) => new(422, "Invalid", message);

    /// <summary>The API server's one sentence about a JSON patch that does not fit the object.</summary>
    internal static PatchException Rejected() => Unfit("the server rejected our request due to an error in our request");
}

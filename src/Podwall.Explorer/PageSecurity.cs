namespace Podwall.Explorer;

/// <summary>What the pages of the site may do, as each of them says and as <c>podwall ui</c> sends it.</summary>
public static class PageSecurity
{
    /// <summary>As strict as WebAssembly allows: docs/web.md says what each part is for.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'";
}

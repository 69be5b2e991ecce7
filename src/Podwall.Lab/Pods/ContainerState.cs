namespace Podwall.Lab.Pods;

/// <summary>The phases of a container, as the API names them.</summary>
internal enum ContainerPhase
{
    Waiting,
    Running,
    Terminated,
}

/// <summary>How one container is.</summary>
/// <param name="Since">When it began to be so.</param>
/// <param name="Last">How it ended the time before; null for the first run.</param>
internal sealed record ContainerState(ContainerPhase Phase, string Reason, int ExitCode, DateTimeOffset Started, DateTimeOffset Since, int Restarts, bool IsReady, ContainerState? Last)
{
    public static ContainerState New(DateTimeOffset now, string reason) => new(ContainerPhase.Waiting, reason, 0, now, now, 0, false, null);

    public bool HasSucceeded => Phase == ContainerPhase.Terminated && ExitCode == 0;

    public ContainerState Run(DateTimeOffset now, bool isReady) =>
        this with { Phase = ContainerPhase.Running, Reason = "", Started = now, Since = now, IsReady = isReady, Restarts = Last is null ? 0 : Restarts + 1 };

    public ContainerState End(DateTimeOffset now, int code) =>
        this with { Phase = ContainerPhase.Terminated, Reason = code == 0 ? "Completed" : "Error", ExitCode = code, Since = now, IsReady = false };

    /// <summary>It ended and will be started again, after a while.</summary>
    public ContainerState BackOff() => this with { Phase = ContainerPhase.Waiting, Reason = "CrashLoopBackOff", Last = this with { Last = null } };
}

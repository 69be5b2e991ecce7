namespace Podwall.Drawing.Gathering;

/// <summary>How finely pods are drawn, finest first.</summary>
internal enum Detail
{
    Workloads,
    Classes,
    Namespaces,

    /// <summary>Namespaces that policies isolate to the same degree share a box.</summary>
    Profiles,
}

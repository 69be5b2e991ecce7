namespace Podwall.Drawing.Gathering;

/// <summary>How finely pods are drawn, finest first.</summary>
internal enum Detail
{
    Workloads,
    Classes,
    Namespaces,

    /// <summary>Namespaces that play the same part share a box.</summary>
    Kin,
}

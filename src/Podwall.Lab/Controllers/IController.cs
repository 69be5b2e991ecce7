namespace Podwall.Lab.Controllers;

/// <summary>One concern of a cluster: in each pass it compares what is wanted with what is there, and does what is missing.</summary>
internal interface IController
{
    void Reconcile(Pass pass);
}

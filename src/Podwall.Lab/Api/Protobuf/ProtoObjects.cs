using static Podwall.Lab.Api.Protobuf.ProtoType;

namespace Podwall.Lab.Api.Protobuf;

/// <summary>
/// The objects that kubectl sends in protobuf and nothing else: field numbers of the <c>generated.proto</c> files of
/// k8s.io/api and k8s.io/apimachinery.
/// </summary>
internal static class ProtoObjects
{
    private static readonly ProtoMessage Metadata = new(
        (1, "name", Text), (2, "generateName", Text), (3, "namespace", Text), (4, "selfLink", Ignored), (5, "uid", Ignored), (6, "resourceVersion", Text), (7, "generation", Ignored),
        (8, "creationTimestamp", Ignored), (11, "labels", Map), (12, "annotations", Map), (14, "finalizers", Texts));

    private static readonly ProtoMessage Selector = new(
        (1, "matchLabels", Map), (2, "matchExpressions", Many(new((1, "key", Text), (2, "operator", Text), (3, "values", Texts)))));

    private static readonly ProtoMessage Container = new(
        (1, "name", Text), (2, "image", Text), (3, "command", Texts), (4, "args", Texts), (5, "workingDir", Text),
        (6, "ports", Many(new((1, "name", Text), (2, "hostPort", Number), (3, "containerPort", Number), (4, "protocol", Text), (5, "hostIP", Text)))),
        (7, "env", Many(new((1, "name", Text), (2, "value", Text)))), (8, "resources", One(new())), (13, "terminationMessagePath", Text), (14, "imagePullPolicy", Text),
        (16, "stdin", Flag), (17, "stdinOnce", Flag), (18, "tty", Flag), (20, "terminationMessagePolicy", Text));

    private static readonly ProtoMessage PodSpec = new(
        (2, "containers", Many(Container)), (3, "restartPolicy", Text), (6, "dnsPolicy", Text), (7, "nodeSelector", Map), (8, "serviceAccountName", Text), (9, "serviceAccount", Text),
        (10, "nodeName", Text), (11, "hostNetwork", Flag), (12, "hostPID", Flag), (13, "hostIPC", Flag), (14, "securityContext", One(new())), (16, "hostname", Text),
        (17, "subdomain", Text), (19, "schedulerName", Text), (20, "initContainers", Many(Container)));

    private static readonly ProtoMessage Deployment = new(
        (1, "metadata", One(Metadata)),
        (2, "spec", One(new(
            (1, "replicas", Count), (2, "selector", One(Selector)), (3, "template", One(new((1, "metadata", One(Metadata)), (2, "spec", One(PodSpec))))), (4, "strategy", One(new((1, "type", Text)))),
            (5, "minReadySeconds", Number), (6, "revisionHistoryLimit", Count), (7, "paused", Flag), (9, "progressDeadlineSeconds", Count)))),
        (3, "status", Ignored));

    private static readonly ProtoMessage Namespace = new((1, "metadata", One(Metadata)), (2, "spec", One(new((1, "finalizers", Texts)))), (3, "status", Ignored));

    private static readonly ProtoMessage AccessReview = new(
        (1, "metadata", One(Metadata)),
        (2, "spec", One(new(
            (1, "resourceAttributes", One(new((1, "namespace", Text), (2, "verb", Text), (3, "group", Text), (4, "version", Text), (5, "resource", Text), (6, "subresource", Text), (7, "name", Text)))),
            (2, "nonResourceAttributes", One(new((1, "path", Text), (2, "verb", Text))))))),
        (3, "status", Ignored));

    private static readonly ProtoMessage RulesReview = new((1, "metadata", One(Metadata)), (2, "spec", One(new((1, "namespace", Text)))), (3, "status", Ignored));

    private static readonly ProtoMessage SubjectReview = new((1, "metadata", One(Metadata)), (2, "status", Ignored));

    /// <summary>The message of a kind; null where it is not taken in protobuf.</summary>
    public static ProtoMessage? Of(string apiVersion, string kind) => (apiVersion, kind) switch
    {
        ("v1", "Namespace") => Namespace,
        ("apps/v1", "Deployment") => Deployment,
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview") => AccessReview,
        ("authorization.k8s.io/v1", "SelfSubjectRulesReview") => RulesReview,
        ("authentication.k8s.io/v1", "SelfSubjectReview") => SubjectReview,
        _ => null,
    };
}

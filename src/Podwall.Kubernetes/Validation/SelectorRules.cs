namespace Podwall.Kubernetes;

internal static class SelectorRules
{
    public static IEnumerable<FieldError> Check(LabelSelector selector, FieldPath path)
    {
        foreach (var error in MetaRules.Labels(selector.MatchLabels, path.Child("matchLabels")))
            yield return error;
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
            foreach (var error in Check(selector.MatchExpressions[i], path.Child("matchExpressions").Child(i)))
                yield return error;
    }

    private static IEnumerable<FieldError> Check(SelectorTerm term, FieldPath path)
    {
        switch (term.Operator)
        {
            case "In" or "NotIn" when term.Values.Count == 0:
                yield return FieldError.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'")
                    .WithFix("List the values: values: [a, b]; or use Exists or DoesNotExist, which need none.");
                break;
            case "Exists" or "DoesNotExist" when term.Values.Count > 0:
                yield return FieldError.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                    .WithFix("Take 'values' away, or use In or NotIn.");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                yield return FieldError.Invalid(path.Child("operator"), term.Operator, "not a valid selector operator")
                    .WithFix("Use In, NotIn, Exists or DoesNotExist, spelled so.");
                break;
        }

        foreach (var complaint in NameRules.QualifiedName(term.Key))
            yield return FieldError.Invalid(path.Child("key"), term.Key, complaint).WithFix(LabelFixes.ForKey(term.Key));
        for (var i = 0; i < term.Values.Count; i++)
            foreach (var complaint in NameRules.LabelValue(term.Values[i]))
                yield return FieldError.Invalid(path.Child("values").Child(i), term.Values[i], complaint).WithFix(LabelFixes.ForValue(term.Values[i]));
    }
}

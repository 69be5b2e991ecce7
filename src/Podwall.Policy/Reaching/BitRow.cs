using System.Numerics;

namespace Podwall.Policy.Reaching;

/// <summary>A set of small numbers as the non-zero words of a bit row: most rows touch one namespace, a few touch all.</summary>
internal sealed class BitRow
{
    private readonly int[] at;
    private readonly ulong[] words;

    private BitRow(int[] at, ulong[] words) => (this.at, this.words) = (at, words);

    public static BitRow Empty { get; } = new([], []);

    public bool IsEmpty => at.Length == 0;

    /// <summary>Whether it is cheaper to handle the members one by one than as a row.</summary>
    public bool IsNarrow => at.Length <= 2;

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    public static BitRow Of(IEnumerable<int> members)
    {
        int[] sorted = [.. members];
        Array.Sort(sorted);
        return OfSorted(sorted);
    }

    public static BitRow OfSorted(ReadOnlySpan<int> members)
    {
        var (count, last) = (0, -1);
        foreach (var member in members)
            if (member / 64 != last)
                (count, last) = (count + 1, member / 64);
        if (count == 0)
            return Empty;
        var (at, words, n) = (new int[count], new ulong[count], -1);
        foreach (var member in members)
        {
            if (n < 0 || at[n] != member / 64)
                at[++n] = member / 64;
            words[n] |= 1UL << member;
        }

        return new(at, words);
    }

    public bool Contains(int member)
    {
        var index = Array.BinarySearch(at, member / 64);
        return index >= 0 && (words[index] & 1UL << member) != 0;
    }

    public BitRow Or(BitRow other)
    {
        if (IsEmpty)
            return other;
        if (other.IsEmpty)
            return this;
        var (at, words, n) = (new int[this.at.Length + other.at.Length], new ulong[this.at.Length + other.at.Length], 0);
        for (int l = 0, r = 0; l < this.at.Length || r < other.at.Length; n++)
        {
            var left = l < this.at.Length ? this.at[l] : int.MaxValue;
            var right = r < other.at.Length ? other.at[r] : int.MaxValue;
            at[n] = Math.Min(left, right);
            if (left <= right)
                words[n] |= this.words[l++];
            if (right <= left)
                words[n] |= other.words[r++];
        }

        return new(at[..n], words[..n]);
    }

    /// <summary>The common members; one of the two rows itself where the other holds it.</summary>
    public BitRow And(BitRow other)
    {
        if (ReferenceEquals(this, other))
            return this;
        if (at.Length > other.at.Length)
            return other.And(this);
        var (l, r) = (0, 0);
        for (; l < at.Length && (r = other.Seek(at[l], r)) < other.at.Length && other.at[r] == at[l] && (words[l] & other.words[r]) == words[l]; l++)
        {
        }

        if (l == at.Length)
            return this;
        var (places, common, n) = (l == 0 ? [] : at[..l], l == 0 ? [] : words[..l], l);
        for (; l < at.Length && (r = other.Seek(at[l], r)) < other.at.Length; l++)
        {
            if (other.at[r] != at[l] || (words[l] & other.words[r]) is not (not 0 and var word))
                continue;
            // Most rows that differ at all have nothing in common, and need no memory.
            if (n == places.Length)
            {
                Array.Resize(ref places, Math.Min(at.Length, Math.Max(4, 2 * n)));
                Array.Resize(ref common, places.Length);
            }

            (places[n], common[n++]) = (at[l], word);
        }

        return n == 0 ? Empty : n == places.Length ? new(places, common) : new(places[..n], common[..n]);
    }

    /// <summary>Whether any of a run of numbers may be a member; a yes can be wrong, a no is not.</summary>
    public bool MayTouch(int first, int count) => count > 0 && Seek(first / 64, 0) is var place && place < at.Length && at[place] <= (first + count - 1) / 64;

    // Where a word stands, or would stand, from a place on. Wide rows have few holes, so the first guess mostly hits.
    private int Seek(int word, int from)
    {
        if (from >= at.Length || at[from] >= word)
            return from;
        var guess = Math.Min(from + (word - at[from]), at.Length - 1);
        if (at[guess] == word)
            return guess;
        var found = Array.BinarySearch(at, from, guess - from + 1, word);
        return found >= 0 ? found : ~found;
    }

    public BitRow Except(BitRow other)
    {
        if (IsEmpty || other.IsEmpty)
            return this;
        var (at, words, n) = (new int[this.at.Length], new ulong[this.at.Length], 0);
        for (int l = 0, r = 0; l < this.at.Length; l++)
        {
            while (r < other.at.Length && other.at[r] < this.at[l])
                r++;
            var word = r < other.at.Length && other.at[r] == this.at[l] ? this.words[l] & ~other.words[r] : this.words[l];
            if (word != 0)
                (at[n], words[n++]) = (this.at[l], word);
        }

        return n == 0 ? Empty : new(at[..n], words[..n]);
    }

    /// <summary>The sum over all members of a weight, given as the weights of all numbers below each number.</summary>
    public int Sum(int[] weightBelow)
    {
        var sum = 0;
        for (var i = 0; i < at.Length; i++)
        {
            if (words[i] == ulong.MaxValue)
            {
                sum += weightBelow[at[i] * 64 + 64] - weightBelow[at[i] * 64];
                continue;
            }

            for (var word = words[i]; word != 0; word &= word - 1)
                if (at[i] * 64 + BitOperations.TrailingZeroCount(word) is var member)
                    sum += weightBelow[member + 1] - weightBelow[member];
        }

        return sum;
    }

    public IEnumerable<int> Members()
    {
        for (var i = 0; i < at.Length; i++)
            for (var word = words[i]; word != 0; word &= word - 1)
                yield return at[i] * 64 + BitOperations.TrailingZeroCount(word);
    }
}

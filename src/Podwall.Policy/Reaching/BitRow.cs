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
        var row = new SortedDictionary<int, ulong>();
        foreach (var member in members)
            row[member / 64] = row.GetValueOrDefault(member / 64) | 1UL << member;
        return new([.. row.Keys], [.. row.Values]);
    }

    /// <summary>The members from 0 up to, not including, a number.</summary>
    public static BitRow Below(int count) => Range(0, count);

    public static BitRow Range(int first, int count)
    {
        if (count == 0)
            return Empty;
        var (low, high) = (first / 64, (first + count - 1) / 64);
        var words = new ulong[high - low + 1];
        Array.Fill(words, ulong.MaxValue);
        words[0] &= ulong.MaxValue << first;
        words[^1] &= ulong.MaxValue >> (63 - (first + count - 1) % 64);
        return new([.. Enumerable.Range(low, words.Length)], words);
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

    public BitRow And(BitRow other)
    {
        var (at, words, n) = (new int[Math.Min(this.at.Length, other.at.Length)], new ulong[Math.Min(this.at.Length, other.at.Length)], 0);
        for (int l = 0, r = 0; l < this.at.Length && r < other.at.Length;)
        {
            if (this.at[l] < other.at[r])
                l++;
            else if (this.at[l] > other.at[r])
                r++;
            else
            {
                if ((this.words[l] & other.words[r]) is not 0 and var word)
                    (at[n], words[n++]) = (this.at[l], word);
                l++;
                r++;
            }
        }

        return n == 0 ? Empty : new(at[..n], words[..n]);
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

    public IEnumerable<int> Members()
    {
        for (var i = 0; i < at.Length; i++)
            for (var word = words[i]; word != 0; word &= word - 1)
                yield return at[i] * 64 + BitOperations.TrailingZeroCount(word);
    }

    public bool SameAs(BitRow other) => at.AsSpan().SequenceEqual(other.at) && words.AsSpan().SequenceEqual(other.words);
}

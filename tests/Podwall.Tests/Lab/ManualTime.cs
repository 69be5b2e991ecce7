namespace Podwall.Tests.Lab;

/// <summary>A clock that stands still until it is moved; timers fire as it passes them.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TimeSpan passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 22, 22, 16, 22, TimeSpan.Zero) + Passed;

    public override long GetTimestamp() => Passed.Ticks;

    private TimeSpan Passed
    {
        get
        {
            lock (gate)
                return passed;
        }
    }

    public void Move(TimeSpan by)
    {
        ManualTimer[] due;
        lock (gate)
        {
            passed += by;
            due = [.. timers.Where(t => t.Due <= passed)];
            foreach (var timer in due)
                timer.Passed();
        }

        foreach (var timer in due)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        private TimeSpan every;

        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        /// <summary>It is due again after its period; one without is done.</summary>
        public void Passed()
        {
            if (every > TimeSpan.Zero)
                Due = time.passed + every;
            else
                time.timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isDue = dueTime == TimeSpan.Zero;
            lock (time.gate)
            {
                every = period;
                time.timers.Remove(this);
                if (dueTime > TimeSpan.Zero)
                {
                    Due = time.passed + dueTime;
                    time.timers.Add(this);
                }
            }

            if (isDue)
                fire();
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

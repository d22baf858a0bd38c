using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.LibTorch;

public class NativeEnvironmentTests
{
    private const string Program = """
        if (args.Length > 0)
            Environment.SetEnvironmentVariable("OMP_WAIT_POLICY", args[0]);
        Students.Paper.CountParameters(8);
        Console.WriteLine(System.Runtime.InteropServices.Marshal.PtrToStringUTF8(Native.GetVariable("OMP_WAIT_POLICY")));

        public static class Native
        {
            [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "getenv")]
            public static extern nint GetVariable(string name);
        }
        """;

    [Fact]
    public void Threads_wait_passively_where_the_user_has_not_said_how()
    {
        using var process = new FreshProcess(Program, FolderLayout.EverySystem);

        Assert.Equal(["PASSIVE"], process.Run());
    }

    [Fact]
    public void Variables_of_the_user_are_kept()
    {
        using var process = new FreshProcess(Program, FolderLayout.EverySystem);
        process.Environment["OMP_WAIT_POLICY"] = "ACTIVE";

        Assert.Equal(["ACTIVE"], process.Run());
    }

    [Fact]
    public void Variables_of_the_program_reach_the_native_library()
    {
        using var process = new FreshProcess(Program, FolderLayout.EverySystem);

        Assert.Equal(["active"], process.Run("active"));
    }
}

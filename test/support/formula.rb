# Runs a formula's steps for real, without Homebrew: ruby formula.rb FORMULA PREFIX. It fetches the url (a file), checks the
# sha256, unpacks, runs `install` and then `test do`. Of Homebrew's own words it knows those that formulas of npm packages use.
require "digest"
require "fileutils"
require "open3"
require "pathname"
require "tmpdir"
require "uri"

class Pathname
  # Takes files, or files with the names they are to have.
  def install(*sources)
    mkpath
    sources.flatten.each do |source|
      pairs = source.is_a?(Hash) ? source.to_a : [[source, File.basename(source)]]
      pairs.each { |from, name| FileUtils.cp(from, self / name) }
    end
  end

  def install_symlink(*sources)
    mkpath
    sources.flatten.each { |source| FileUtils.ln_s(source, self / File.basename(source)) }
  end

  def write(text)
    dirname.mkpath
    File.write(self, text)
  end
end

class Formula
  class << self
    attr_reader :facts, :check

    %i[desc homepage url sha256 license].each do |fact|
      define_method(fact) { |value| (@facts ||= {})[fact] = value }
    end

    def depends_on(what)
      name = what.is_a?(Hash) ? what.keys.first : what
      program = { "python" => "python3" }.fetch(name, name)
      raise "#{name} is not installed" unless system("command -v #{program} >/dev/null")
    end

    def test(&block)
      @check = block
    end
  end

  attr_reader :prefix, :buildpath, :testpath

  def initialize(prefix, scratch)
    @prefix = Pathname(prefix)
    @buildpath = Pathname(scratch) / "build"
    @testpath = Pathname(scratch) / "test"
    [@prefix, @buildpath, @testpath].each(&:mkpath)
  end

  def version = self.class.facts[:url][/-(\d[\w.-]*)\.tgz$/, 1]
  def libexec = prefix / "libexec"
  def bin = prefix / "bin"
  def man1 = prefix / "share/man/man1"
  def bash_completion = prefix / "etc/bash_completion.d"
  def zsh_completion = prefix / "share/zsh/site-functions"
  def fish_completion = prefix / "share/fish/vendor_completions.d"
  def pwsh_completion = prefix / "share/pwsh/completions"

  # Homebrew's, but for --build-from-source: compiling SQLite here would only repeat what `npm ci` did.
  def std_npm_args
    packed, status = Open3.capture2("npm", "pack", "--ignore-scripts", "--silent")
    raise "npm pack failed" unless status.success?

    ["--global", "--prefix=#{libexec}", "--no-audit", "--no-fund", "#{Dir.pwd}/#{packed.strip}"]
  end

  def system(*words)
    Kernel.system(*words.map(&:to_s)) || raise("failed: #{words.join(" ")}")
  end

  def shell_output(line, expected = 0)
    output, status = Open3.capture2(line)
    raise "#{line}: #{status.exitstatus}, not #{expected}\n#{output}" unless status.exitstatus == expected

    output
  end

  def assert_match(wanted, text)
    raise "#{wanted.inspect} is not in\n#{text}" unless wanted.is_a?(Regexp) ? text.match?(wanted) : text.include?(wanted)
  end

  def run
    archive = URI(self.class.facts[:url]).path
    raise "wrong checksum" unless Digest::SHA256.file(archive).hexdigest == self.class.facts[:sha256]

    system "tar", "-xzf", archive, "-C", buildpath, "--strip-components=1"
    Dir.chdir(buildpath) { install }
    Dir.chdir(testpath) { instance_eval(&self.class.check) }
  end
end

formula, prefix = ARGV
load formula
Dir.mktmpdir("formula-") { |scratch| Tau.new(prefix, scratch).run }

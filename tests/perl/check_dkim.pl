#!/usr/bin/perl
# Checks the signatures of letters with Mail::DKIM, which Amavis and SpamAssassin use.
#
# Usage: check_dkim.pl right|wrong ZONE FOLDER
#
# ZONE is a zone file as `newsletter dkim record` prints it. With `right` the RSA signatures of all letters in FOLDER
# must be valid, with `wrong` none. Exits with 0 if so, otherwise with 1. Debian's Mail::DKIM does not support Ed25519.
use strict;
use warnings;
use File::Find;
use Mail::DKIM::Verifier;
use Net::DNS;

@ARGV == 3 or die "usage: check_dkim.pl right|wrong ZONE FOLDER\n";
my ($expected, $zone, $folder) = @ARGV;
my @letters;
find({ no_chdir => 1, wanted => sub { push @letters, $_ if /\.eml\z/ } }, $folder);
@letters or die "$folder: no letters\n";
open my $lines, '<', $zone or die "$zone: $!\n";
my %records;
while (my $line = <$lines>) {
    my $record = Net::DNS::RR->new($line);
    $records{$record->owner} = $record;
}

{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my ($name) = @_;
        $@ = 'NXDOMAIN' unless $records{$name};
        return $records{$name} // ();
    };
}

my $failed = 0;
for my $path (@letters) {
    open my $letter, '<:raw', $path or die "$path: $!\n";
    local $/;
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT(<$letter>);
    $verifier->CLOSE;
    my @rsa = grep { $_->algorithm eq 'rsa-sha256' } $verifier->signatures;
    my $right = @rsa == 1 && $rsa[0]->result eq 'pass';
    if (!@rsa || $right != ($expected eq 'right')) {
        print "$path: ", join(', ', map { $_->result_detail } $verifier->signatures), "\n";
        $failed = 1;
    }
}
printf "Mail::DKIM: %d letters, their RSA signature: %s\n", scalar @letters, $expected unless $failed;
exit $failed;

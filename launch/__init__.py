"""The shell to the machine: installs, trains, starts and stops the programs.

It never touches a patient's data.
"""
